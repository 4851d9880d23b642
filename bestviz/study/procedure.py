"""What the whole procedure learns from one trial of a scenario, ready to be asked about new people."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

import bestviz
from bestviz.advice.fitting import enough_people, fit
from bestviz.advice.model import FittedModel, ModelInfo
from bestviz.advice.outcomes import weight_vector
from bestviz.data.simulator.rules import Rule
from bestviz.data.simulator.truth import PRIMARY
from bestviz.regime.weights import distinct_exclusions
from bestviz.study.best_like import BestLike, tables_of
from bestviz.study.rules import Learned, learn
from bestviz.study.scenario import FloatArray, Scenario
from bestviz.study.settings import Settings
from bestviz.study.tables import Tables
from bestviz.trial import DEFAULT_RESPONSE_RULE, MEASURES, TREATMENTS
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.trial.schedule import PRIMARY_WEEK

PEG = MEASURES["peg"]
# A meaningful change of PEG in standard deviations of PEG at week 24 in the demonstration: what counts as meaningful
# where the outcome has no meaning of its own.
MEANINGFUL_SD = 0.4


@dataclass(frozen=True)
class Procedure:
    """A model learned from one trial.

    Attributes
    ----------
    tables : Tables
        The trial.
    model : FittedModel
        What the advice asks.
    rule : Rule
        The learned regime.
    meaningful : float
        A meaningful change in the unit of the scenario's outcome.
    weights : array, shape (weighable outcomes,)
        All on the outcome that decides.
    is_peg : bool
        Whether that is improvement of PEG since week 0.
    seconds : float
        Time to learn.
    """

    tables: Tables
    model: FittedModel
    rule: Rule
    meaningful: float
    weights: FloatArray
    is_peg: bool
    seconds: float

    def start(self, baseline: pd.DataFrame) -> FloatArray:
        """What outcomes are improvements from, in the unit of the target, a row each."""
        if not self.is_peg:
            return np.zeros(len(baseline))
        return PEG.sign * baseline["peg"].to_numpy(float) / PEG.meaningful_change

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the instrument in the unit of the target."""
        if not self.is_peg:
            return -np.inf, np.inf
        low, high = sorted(PEG.sign * end / PEG.meaningful_change for end in (PEG.minimum, PEG.maximum))
        return low, high


def learned_from(scenario: Scenario, settings: Settings, seed: int) -> Procedure:
    """Draw a trial and learn from it: with `bestviz.fit` where it is BEST-like, else with the regime alone.

    Raises
    ------
    DataError, RegimeError
        The trial cannot be learned from.
    InputError
        Too few replicates.
    """
    if isinstance(scenario, BestLike):
        return _whole(scenario, settings, seed)
    return _regime_alone(scenario, settings, seed)


def _whole(scenario: BestLike, settings: Settings, seed: int) -> Procedure:
    trial = scenario.trial(settings.n, seed)
    begun = time.perf_counter()
    model = fit(trial, settings.replicates, seed, jobs=1, learner=settings.learner)  # type: ignore[arg-type]
    seconds = time.perf_counter() - begun
    weights = weight_vector(PRIMARY, PRIMARY_WEEK, model.weighable_columns)
    return Procedure(tables_of(trial), model, Advised(model, weights), 1.0, weights, True, seconds)


def _regime_alone(scenario: Scenario, settings: Settings, seed: int) -> Procedure:
    tables = scenario.tables(settings.n, seed)
    begun = time.perf_counter()
    rule = learn(settings.learner, tables, seed, settings.replicates)
    seconds = time.perf_counter() - begun
    assert isinstance(rule.rule, Learned)
    engine = rule.rule.regime.engine_
    info = ModelInfo(
        bestviz.__version__, datetime.date.min.isoformat(), scenario.name, scenario.says, "", True, len(tables.first),
        settings.replicates, seed, settings.learner,
    )  # fmt: skip
    history = pd.DataFrame({"first": tables.first, "response": tables.interim["response"], "second": tables.second})
    names = tuple(str(name) for name in tables.baseline), (), tuple(str(name) for name in tables.interim)
    model = FittedModel(info, engine, *names, MEASURES, DEFAULT_RESPONSE_RULE, history)
    weights = np.array([float(name == tables.target) for name in model.weighable_columns])
    meaningful = MEANINGFUL_SD * float(tables.outcomes[tables.target].std())
    return Procedure(tables, model, rule, meaningful, weights, False, seconds)


@dataclass(frozen=True)
class Advised:
    """The regime that a model advises: arms that too few participants had are left out where there are others.

    Attributes
    ----------
    model : FittedModel
    weights : array, shape (weighable outcomes,)
    """

    model: FittedModel
    weights: FloatArray

    def decide_first(self, baseline: pd.DataFrame, *, allowed: pd.DataFrame, excluded: pd.DataFrame) -> pd.Series:
        """First arm of each person."""
        engine, known = self.model.engine, self._known(baseline)
        vectors = np.tile(engine.weigh(self.weights), (len(known), 1))
        values = np.empty((len(known), len(engine.first_arms.labels)))
        for out, members in distinct_exclusions(excluded[list(TREATMENTS)].to_numpy(bool), tuple(TREATMENTS)):
            values[members] = engine.first_values(known[members], vectors[members], out)
        assigned = self.model.history["first"].value_counts().reindex(allowed.columns, fill_value=0)
        enough = allowed & (assigned >= self.model.smallest_support)
        return _highest(pd.DataFrame(values, baseline.index, list(engine.first_arms.labels)), enough, allowed)

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame,
        *,
        allowed: pd.DataFrame,
        excluded: pd.DataFrame,
    ) -> pd.Series:
        """Second arm of each person."""
        engine, known = self.model.engine, self._known(baseline)
        codes = engine.first_arms.codes(first)
        state = engine.filler.fill_interim(known, codes, interim[list(self.model.interim_columns)])
        values = engine.second_values(known, state, codes) @ self.weights
        here = pd.DataFrame({"first": first, "response": interim["response"]})
        enough = enough_people(self.model.history, allowed, here)
        return _highest(pd.DataFrame(values, baseline.index, list(engine.second_arms.labels)), enough, allowed)

    def _known(self, baseline: pd.DataFrame) -> FloatArray:
        return self.model.engine.filler.baseline.linear(baseline[list(self.model.inputs)])


def barred(baseline: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Treatments that rows can have at no stage, one column each in the fixed order."""
    columns = [CONTRAINDICATION_COLUMNS[code] for code in TREATMENTS]
    return baseline.reindex(columns=columns, fill_value=0.0).to_numpy(float) > 0


def _highest(values: pd.DataFrame, enough: pd.DataFrame, allowed: pd.DataFrame) -> pd.Series:
    """The arm of the highest value among those that enough had, else among the allowed; unknown ones come last."""
    known = values.reindex(columns=allowed.columns, fill_value=np.finfo(float).min).to_numpy()
    may = np.where(enough.any(axis=1).to_numpy()[:, None], enough, allowed).astype(bool)
    best = np.where(may, known, -np.inf).argmax(axis=1)
    return pd.Series(np.asarray(allowed.columns, dtype=object)[best], index=values.index)
