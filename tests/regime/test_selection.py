"""Choosing by value: the better rule is used, and everybody gets the same where tailoring loses."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bestviz.regime import TwoStageRegime, selection
from bestviz.regime.judging.people import judged_people
from bestviz.regime.selection import FEWEST_PEOPLE, LEAST_SHARE, choose_by_value
from tests.regime.conftest import make_simple


@pytest.fixture(scope="module")
def together():
    """Two features act together at the second stage: the ensemble has a use for a forest."""
    rng = np.random.default_rng(1)
    study = make_simple(400, seed=1)
    two = pd.DataFrame(rng.normal(size=(400, 2)), columns=["x", "z"])
    both = np.where((two["x"] > 0) == (two["z"] > 0), 2.0, -2.0) * np.where(study.second == "A", 1, -1)
    return study.with_(baseline=two, outcomes=pd.DataFrame({"y": both + rng.normal(size=400)}))


def test_the_better_rule_is_used(together):
    tuning = together.fit(select="value").engine_.tuning
    assert set(tuning.compared) == {"ensemble", "additive", "forest"}
    assert tuning.learner == max(tuning.compared, key=tuning.compared.get)
    assert tuning.learner != "additive"
    assert tuning.compared["additive"] < max(tuning.compared.values()) - 0.5


def test_an_ensemble_with_hardly_a_forest_has_nothing_to_be_compared_with():
    study = make_simple(300, seed=3)
    noise = study.with_(outcomes=pd.DataFrame({"y": np.random.default_rng(0).normal(size=300)}))
    by_error, by_value = (noise.fit(select=how).engine_.tuning for how in ("error", "value"))
    leans = max(*by_error.second_forest, *by_error.first_forest) >= LEAST_SHARE
    assert bool(by_value.compared) == leans


def test_the_highest_value_is_used(together, monkeypatch):
    people = judged_people(**together.tables)
    asked = []

    class Flattering:
        """Says that the candidate it is asked about last, the forest, has the highest value."""

        @classmethod
        def cross_fitted(cls, people, fit, folds, seed):
            asked.append(fit(people.data).tuning)
            return cls()

        def values(self, aim):
            return self

        def value(self, regime):
            return SimpleNamespace(value=SimpleNamespace(value=float(len(asked))))

    monkeypatch.setattr(selection, "Judge", Flattering)
    chosen = choose_by_value(people, None, True, 0)
    assert chosen.compared == {name: float(i + 1) for i, name in enumerate(chosen.compared)}
    assert chosen.second == asked[-1].second


def test_few_people_and_by_error_nothing_is_compared(together):
    few = together.with_(**{name: t.iloc[: FEWEST_PEOPLE - 1] for name, t in together.tables.items() if t is not None})
    assert few.fit(select="value").engine_.tuning.compared == {}
    assert together.fit(select="error").engine_.tuning.compared == {}
    assert together.fit(learner="additive", select="value").engine_.tuning.compared == {}


def test_the_same_seed_chooses_the_same(together):
    one, other = (together.fit(select="value").engine_.tuning.compared for _ in range(2))
    assert one == other


def test_what_the_rules_aim_at_matters(together):
    noise = np.random.default_rng(1).normal(size=400)
    study = together.with_(outcomes=together.outcomes.assign(z=noise))
    alike = TwoStageRegime().fit(**study.tables).engine_.tuning.compared
    aimed = TwoStageRegime().fit(**study.tables, aim={"y": 1}).engine_.tuning.compared
    # Half of the weight on noise halves what the right rule is worth.
    gain_alike, gain_aimed = (each["ensemble"] - each["additive"] for each in (alike, aimed))
    assert gain_alike == pytest.approx(gain_aimed / 2, abs=0.3)
