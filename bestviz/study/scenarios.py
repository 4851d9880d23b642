"""The scenarios by name."""

from __future__ import annotations

from bestviz.errors import InputError
from bestviz.study.best_like import BestLike
from bestviz.study.constructed import Confounded, NonRegular, RespondersOnly, Smooth, Sparse, Threshold
from bestviz.study.planning import Planning
from bestviz.study.scenario import Scenario

_ALL: tuple[Scenario, ...] = (
    BestLike("none"),
    BestLike("modest"),
    BestLike("demo"),
    BestLike("strong"),
    Planning(),
    Sparse(),
    Smooth(),
    Threshold(),
    NonRegular(),
    RespondersOnly(),
    Confounded(),
)
SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}


def scenario_of(name: str) -> Scenario:
    """The scenario with this name.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in SCENARIOS:
        raise InputError(f"Unknown scenario {name!r}; choose one of {', '.join(SCENARIOS)}.")
    return SCENARIOS[name]
