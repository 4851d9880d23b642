"""A trial, real or simulated, in the form in which a regime is learned from it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.advice.fitting import enough_people
from bestviz.advice.inputs import baseline_table, interim_table
from bestviz.advice.model import FittedModel
from bestviz.advice.outcomes import outcome_tables
from bestviz.data.dataset import Trial
from bestviz.regime.engine import Engine
from bestviz.regime.tables import two_stage_data
from bestviz.regime.tuning import Tuning
from bestviz.trial import allowed_first_table, allowed_second_table
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS


@dataclass(frozen=True)
class Tables:
    """Tables of a trial; all share one index, and everybody has a first arm.

    Attributes
    ----------
    baseline, interim, outcomes : DataFrame
        As the model sees them; outcomes in the order of the model's.
    first, second : Series of str
    contraindications : DataFrame
    harmed : Series of bool
        Stopped the first arm because of harm.
    """

    baseline: pd.DataFrame
    first: pd.Series
    interim: pd.DataFrame
    second: pd.Series
    outcomes: pd.DataFrame
    contraindications: pd.DataFrame
    harmed: pd.Series

    @classmethod
    def of(cls, model: FittedModel, trial: Trial) -> Tables:
        """The trial that a model was fitted to, without people who have no first arm."""
        people = trial.participants[trial.participants["first_arm"].notna()]
        outcomes = outcome_tables(trial, model.measures)
        return cls(
            baseline_table(trial, model.inputs, model.markers).loc[people.index],
            people["first_arm"],
            interim_table(trial).loc[people.index],
            people["second_arm"],
            outcomes.weighable.join(outcomes.carried).loc[people.index, list(model.engine.outcome_names)],
            people.reindex(columns=list(CONTRAINDICATION_COLUMNS.values())),
            people.reindex(columns=["stopped_for_harm"])["stopped_for_harm"].astype("boolean").fillna(False),
        )

    def __len__(self) -> int:
        """Number of people."""
        return len(self.first)

    @property
    def history(self) -> pd.DataFrame:
        """First arm, response class and second arm of everybody."""
        return pd.DataFrame({"first": self.first, "response": self.interim["response"], "second": self.second})

    @property
    def allowed_first(self) -> pd.DataFrame:
        """First arms that people may have, of those that anybody had."""
        return _had(allowed_first_table(self.contraindications), self.first)

    @property
    def allowed_second(self) -> pd.DataFrame:
        """Second arms that people may have, of those that anybody had."""
        facts = {"first_arm": self.first, "response": self.interim["response"], "stopped_for_harm": self.harmed}
        return _had(allowed_second_table(self.contraindications.assign(**facts)), self.second)

    def learn(self, weighable: int, tuning: Tuning, replicates: int, seed: int) -> Engine:
        """Learn a regime.

        Parameters
        ----------
        weighable : int
            The first so many outcomes may carry weight.
        tuning : Tuning
            How to smooth; what it lacks is learned.

        Raises
        ------
        RegimeError
            Nothing can be learned from these tables.
        """
        allowed_second = self.allowed_second
        data = two_stage_data(
            self.baseline,
            self.first,
            self.interim,
            self.second,
            self.outcomes.iloc[:, :weighable],
            self.allowed_first,
            allowed_second,
            carried=self.outcomes.iloc[:, weighable:],
            choosable_second=enough_people(self.history, allowed_second),
        )
        return Engine(data, replicates, seed, tuning)


def _had(allowed: pd.DataFrame, assigned: pd.Series) -> pd.DataFrame:
    return allowed[[arm for arm in allowed if (assigned == arm).any()]]
