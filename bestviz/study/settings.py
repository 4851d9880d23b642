"""What a study repeats: one scenario, one size, one way of fitting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_REPEATS = 1000  # of one seed: further trials would be those of the next seed


@dataclass(frozen=True)
class Settings:
    """Everything that the numbers of a repeat depend on, but for which repeat it is.

    Attributes
    ----------
    scenario : str
        As in `bestviz.study.scenarios.SCENARIOS`.
    n : int
        Participants of each simulated trial.
    learner : {"ensemble", "additive", "forest"}
    replicates : int
        Refits that the intervals rest on.
    people, draws : int
        New people of each trial about whom something is said, and how often each is drawn to know what is true.
    values : bool
        Also judge the intervals of the values of regimes; takes much longer.
    seed : int
        Repeat number k, from 0, draws its trial with the seed `1000 * seed + k`.
    value_people : int
        New people on whom the true value of a rule is found.
    """

    scenario: str
    n: int
    learner: str = "ensemble"
    replicates: int = 60
    people: int = 20
    draws: int = 100
    values: bool = False
    seed: int = 1
    value_people: int = 5000

    def trial_seed(self, number: int) -> int:
        """Seed of the trial of one repeat."""
        return MOST_REPEATS * self.seed + number

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return asdict(self)

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Settings:
        """From a JSON object; what is not named has its default.

        Raises
        ------
        TypeError
            Something named is no setting, or scenario or size is missing.
        """
        return cls(**said)
