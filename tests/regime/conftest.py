"""Small two-stage trials with known truths, and regimes fitted to them once a run."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bestviz.regime import TwoStageRegime
from bestviz.regime.engine import Engine
from bestviz.regime.tables import two_stage_data
from bestviz.regime.tuning import Tuning


@dataclass(frozen=True)
class Study:
    """Tables of a trial, as `TwoStageRegime.fit` takes them."""

    baseline: pd.DataFrame
    first: pd.Series
    interim: pd.DataFrame | None
    second: pd.Series
    outcomes: pd.DataFrame
    allowed_first: pd.DataFrame | None = None
    allowed_second: pd.DataFrame | None = None

    def with_(self, **changes: Any) -> "Study":
        return replace(self, **changes)

    @property
    def tables(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def fit(self, carried: pd.DataFrame | None = None, early: pd.DataFrame | None = None, **settings: Any):
        # Comparing candidates by value takes seconds; tests of it ask for it.
        settings = {"select": "error", **settings}
        return TwoStageRegime(**settings).fit(**self.tables, carried=carried, early=early)


FIRST = ("A", "B", "C")
SECOND = ("A", "B", "C", "A+B")


def make_study(n: int = 200, seed: int = 0, gaps: bool = True) -> Study:
    """Three first and four second arms, two outcomes, allowed sets, everything missing that can be."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"p{i:04d}" for i in range(n)], name="id")
    x, z, g = rng.normal(size=n), rng.normal(size=n), rng.choice(["u", "v", "w"], n)
    may_first = pd.DataFrame(True, index=index, columns=list(FIRST))
    may_first["C"] = rng.random(n) < 0.7
    first = np.array([rng.choice(np.array(FIRST)[row]) for row in may_first.to_numpy()])
    state = 0.5 * x + 0.6 * (first == "A") * x + 0.3 * (first == "B") + rng.normal(size=n)
    may_second = pd.DataFrame(True, index=index, columns=list(SECOND))
    may_second["A+B"] = np.isin(first, ["A", "B"])
    may_second["C"] = may_first["C"]
    second = np.array([rng.choice(np.array(SECOND)[row]) for row in may_second.to_numpy()])
    a, b, c = (np.array([t in arm.split("+") for arm in second]) for t in "ABC")
    y1 = state + 0.8 * a * z + 0.4 * b + 0.5 * (first == "C") - 0.6 * c * (g == "u") + rng.normal(size=n)
    y2 = 0.3 * state - 0.5 * a + 0.5 * c + 0.3 * x * b + rng.normal(size=n)
    study = Study(
        pd.DataFrame({"x": x, "z": z, "g": g}, index=index),
        pd.Series(first, index=index),
        pd.DataFrame({"state": state, "good": np.where(state > 0, "yes", "no")}, index=index),
        pd.Series(second, index=index),
        pd.DataFrame({"y1": y1, "y2": y2}, index=index),
        may_first,
        may_second,
    )
    return with_gaps(study, rng) if gaps else study


def with_gaps(study: Study, rng: np.random.Generator) -> Study:
    """The same study with single values missing, people lost before the second assignment, and lost outcomes."""
    n = len(study.first)
    baseline, interim, outcomes = study.baseline.copy(), study.interim.copy(), study.outcomes.copy()
    baseline.loc[rng.random(n) < 0.1, "z"] = np.nan
    baseline.loc[rng.random(n) < 0.05, "g"] = None
    interim.loc[rng.random(n) < 0.1, "state"] = np.nan
    gone = rng.random(n) < 0.15
    interim.loc[gone] = None
    outcomes.loc[gone | (rng.random(n) < 0.1)] = np.nan
    outcomes.loc[rng.random(n) < 0.1, "y2"] = np.nan
    return study.with_(baseline=baseline, interim=interim, second=study.second.mask(gone), outcomes=outcomes)


def make_simple(n: int, seed: int, stages_alike: bool = True) -> Study:
    """Two arms a stage: A is better where x > 0 at both stages, or, where not alike, nothing matters at the second."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    first, second = rng.choice(["A", "B"], (2, n))
    gain = np.where(first == "A", x, -x) + stages_alike * np.where(second == "A", x, -x)
    y = gain + rng.normal(size=n)
    return Study(pd.DataFrame({"x": x}), pd.Series(first), None, pd.Series(second), pd.DataFrame({"y": y}))


@pytest.fixture(scope="session")
def study() -> Study:
    return make_study()


@pytest.fixture(scope="session")
def extras(study: Study) -> dict[str, pd.DataFrame]:
    """Outcomes that are carried along, and quantities of the first stage."""
    return {
        "carried": pd.DataFrame(
            {"better": (study.outcomes["y1"] > 0).astype(float).where(study.outcomes["y1"].notna())}
        ),
        "early": pd.DataFrame({"good": study.interim["good"].map({"yes": 1.0, "no": 0.0})}),
    }


@pytest.fixture(scope="session", params=["additive", "forest", "ensemble"])
def fitted(request, study: Study, extras: dict[str, pd.DataFrame]) -> TwoStageRegime:
    """Each learner, with replicates and everything that can be missing; the ensemble has a forest at both stages and a
    forecast of the second from the first."""
    if request.param != "ensemble":
        return study.fit(**extras, learner=request.param, replicates=12, random_state=3)
    regime = study.fit(**extras, learner="additive", random_state=3)
    tuning = Tuning("ensemble", True, second_forest=(0.3, 0.1), first_forest=(0.1, 0.3), foretold=0.75)
    regime.engine_ = Engine(two_stage_data(**study.tables, **extras), 12, 3, tuning)
    return regime


@pytest.fixture(scope="session")
def plain() -> TwoStageRegime:
    """A small regime for questions about its behaviour."""
    return make_study(n=120, seed=5, gaps=False).fit()
