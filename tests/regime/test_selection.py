"""Choosing by value: the better rule is used, and everybody gets the same where tailoring loses."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bestviz.regime import TwoStageRegime, selection
from bestviz.regime.judging.people import judged_people
from bestviz.regime.selection import FEWEST_PEOPLE, TAILORING, choose_by_value
from tests.regime.conftest import make_simple


def test_tailoring_is_kept_where_it_pays():
    study = make_simple(300, seed=3)
    tuning = study.fit(select="value").engine_.tuning
    assert tuning.compared["ensemble"] > tuning.compared["plain"] + 0.3
    assert any(variance > 0 for name, variance in tuning.second.items() if name[0] in TAILORING)


def test_everybody_gets_the_same_where_the_plain_rule_has_the_higher_value():
    rng = np.random.default_rng(8)
    study = make_simple(300, seed=3)
    better = (study.first == "A").astype(float) + (study.second == "A").astype(float)
    study = study.with_(outcomes=pd.DataFrame({"y": better + rng.normal(size=300)}))
    regime = study.fit(select="value")
    values = regime.engine_.tuning.compared
    assert set(values) >= {"ensemble", "plain"}
    if values["plain"] > values["ensemble"]:
        assert not any(name[0] in TAILORING for name in regime.engine_.tuning.second)
        assert set(regime.decide_first(study.baseline)) == {"A"}


def test_the_highest_value_is_used(monkeypatch):
    people = judged_people(**make_simple(300, seed=3).tables)
    asked = []

    class Flattering:
        """Says that the candidate it is asked about second, the plain one, has the higher value."""

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


def test_few_people_and_by_error_nothing_is_compared():
    few, many = make_simple(FEWEST_PEOPLE - 1, seed=3), make_simple(300, seed=3)
    assert few.fit(select="value").engine_.tuning.compared == {}
    assert many.fit(select="error").engine_.tuning.compared == {}
    assert many.fit(learner="additive", select="value").engine_.tuning.compared == {}


def test_the_same_seed_chooses_the_same():
    study = make_simple(250, seed=4)
    assert study.fit(select="value").engine_.tuning.compared == study.fit(select="value").engine_.tuning.compared


def test_what_the_rules_aim_at_matters():
    study = make_simple(250, seed=4)
    noise = np.random.default_rng(1).normal(size=250)
    study = study.with_(outcomes=study.outcomes.assign(z=noise))
    alike = TwoStageRegime().fit(**study.tables).engine_.tuning.compared
    aimed = TwoStageRegime().fit(**study.tables, aim={"y": 1}).engine_.tuning.compared
    # Half of the weight on noise halves what tailoring is worth.
    gain_alike, gain_aimed = (each["ensemble"] - each["plain"] for each in (alike, aimed))
    assert gain_alike == pytest.approx(gain_aimed / 2, abs=0.25)
