"""Representative patients: typical values of groups of participants, never one person's."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bestviz.advice.archetypes import FEWEST, _grouped, _name, representatives
from bestviz.advice.patient import Patient
from bestviz.trial import COLUMNS, MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.wording.archetypes import LONGEST_NAME, archetype_name, kind, trait, typical_of


@pytest.fixture(scope="module")
def found(model):
    return representatives(model)


def test_every_participant_who_could_join_is_in_one_group(model, found):
    assert len(found) == 6
    assert sum(one.people for one in found) <= len(model.engine.completed.baseline)
    assert all(one.people >= FEWEST for one in found)
    assert [one.people for one in found] == sorted((one.people for one in found), reverse=True)


def test_names_are_short_and_differ(found):
    names = [one.name for one in found]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= LONGEST_NAME for name in names)


def test_they_are_possible_patients_inside_the_entry_criteria(model, found):
    for one in found:
        patient = Patient.from_dict({"baseline": one.baseline})
        assert patient.entry_warnings() == ()
        assert patient.baseline["peg"] >= 4
        assert set(one.baseline) <= set(model.inputs) - set(CONTRAINDICATION_COLUMNS.values())
        assert model.recommend(patient).to_dict()["recommended_first"]


def test_numbers_are_rounded_as_the_fields_are(found):
    for one in found:
        for name, value in one.baseline.items():
            if name in MEASURES and not MEASURES[name].binary:
                step = 1 if MEASURES[name].unit == "T-score" else 0.5
                assert value % step == 0, name
            elif name in COLUMNS and COLUMNS[name].kind in ("number", "integer"):
                assert value % 1 == 0, name


def test_nobody_of_the_data_is_shown(model, found):
    """No participant has exactly the values of a group."""
    encoder = model.engine.filler.baseline
    for one in found:
        row = encoder.encode(pd.DataFrame([{k: _coded(k, v) for k, v in one.baseline.items()}]))[0]
        known = ~np.isnan(row)
        same = np.isclose(model.engine.completed.baseline[:, known], row[known]).all(axis=1)
        assert not same.any()


def _coded(name, value):
    column = COLUMNS.get(name)
    return float(column.values.index(value)) if column is not None and column.ordered else value


def test_the_same_model_gives_the_same_groups(model, found):
    assert representatives(model) == found


def with_people(model, baseline):
    """What `representatives` asks of a model, with other participants (encoded)."""
    engine = SimpleNamespace(filler=model.engine.filler, completed=SimpleNamespace(baseline=baseline))
    return SimpleNamespace(engine=engine, markers=model.markers)


@pytest.mark.parametrize(("people", "most"), [(25, 2), (12, 1), (9, 0), (0, 0)])
def test_fewer_groups_where_people_are_few(model, people, most):
    groups = representatives(with_people(model, model.engine.completed.baseline[:people]))
    assert len(groups) <= most
    assert all(one.people >= FEWEST for one in groups)


def test_further_inputs_and_markers(odd):
    groups = representatives(odd)
    assert groups
    for one in groups:
        assert {"income", "clinic", "peg"} <= set(one.baseline)
        assert one.baseline["clinic"] in ("north", "south", "west")
        assert not set(one.baseline) & set(odd.markers)
        Patient.from_dict({"baseline": one.baseline}, extra_inputs=odd.extra_inputs)


def test_who_could_not_join_stands_behind_no_group(model):
    encoder, baseline = model.engine.filler.baseline, model.engine.completed.baseline.copy()
    place = [column.name for column in encoder.columns].index("peg")
    peg = encoder.columns[place]
    baseline[:100, encoder.source == place] = (1.0 - peg.mean) / peg.sd
    groups = representatives(with_people(model, baseline))
    assert all(one.baseline["peg"] >= 4 for one in groups)
    assert sum(one.people for one in groups) <= len(baseline) - 100


def test_groups_that_would_be_too_small_are_merged():
    rows = np.vstack([np.zeros((30, 2)), np.full((3, 2), 50.0), np.full((20, 2), 9.0)])
    assert [len(group) for group in _grouped(rows, 3)] == [53]  # in two groups the three would stand alone
    assert _grouped(np.zeros((30, 0)), 3) == []


def test_a_name_that_is_taken_gets_other_words():
    traits = ["older", "low mood", "poor sleep", "tobacco"]
    assert _name(traits, []) == "Older, low mood, poor sleep"
    assert _name(traits, ["Older, low mood, poor sleep"]) == "Older, low mood, tobacco"
    assert _name(["x" * 60], []) == "About average in everything"
    assert _name([], ["About average in everything"]) == "About average in everything (2)"


def test_words():
    assert trait("physical_function", high=False) == "low physical function"
    assert trait("grip_strength", high=True) == "high grip strength"
    assert kind("employment", "not_working") == "not working"
    assert kind("clinic", "north") == "clinic north"
    assert archetype_name(["older", "tobacco"]) == "Older, tobacco"
    assert typical_of(48, simulated=True) == "typical of 48 simulated participants"
    assert typical_of(48, simulated=False) == "typical of 48 participants"
