"""Entry criteria and checklists."""

import os
import re
from pathlib import Path

import pytest

from bestviz.trial import TREATMENTS
from bestviz.trial.checklists import CAUTIONS, CONTRAINDICATIONS, Condition, cautions_for, contraindications_of
from bestviz.trial.eligibility import CRITERIA, asked_criteria

REFERENCE = Path(os.environ.get("BESTVIZ_REFERENCE", Path(__file__).resolve().parents[3] / "shared" / "reference"))


def test_every_registry_line_is_a_criterion():
    path = REFERENCE / "eligibility.md"
    if not path.is_file():
        pytest.skip("the registry text is not at hand")
    lines = [" ".join(line.split()) for line in re.findall(r"^ +[•o] (.+)", path.read_text("utf-8"), re.MULTILINE)]
    texts = [" ".join(line.split()) for line in lines if not line.endswith((":", "eligibility criteria:"))]
    bodies = [re.sub(r"^• ", "", text) for text in texts if text.strip("• ")]
    assert sorted(bodies) == sorted(c.text for c in CRITERIA.values())


def test_only_exclusions_stop_advice():
    for criterion in CRITERIA.values():
        assert criterion.stops_advice == (criterion.kind != "inclusion"), criterion.id
        if criterion.stops_advice:
            assert criterion.action.startswith("Stop:")


def test_red_flags_come_first_and_conditions_of_a_study_are_not_asked():
    asked = asked_criteria()
    kinds = [c.kind for c in asked]
    assert kinds == sorted(kinds, key=["red flag", "exclusion", "inclusion"].index)
    assert {"cauda_equina", "vertebral_fracture", "spine_infection_tumour"} <= {
        c.id for c in asked if c.kind == "red flag"
    }
    assert not {"consent", "email", "peg_4"} & {c.id for c in asked}


def test_each_treatment_has_the_clinicians_judgement_with_a_reason():
    for code in TREATMENTS:
        assert [c.needs_reason for c in contraindications_of(code)][-1] is True
    assert len(contraindications_of("DUL")) == 9
    assert {c.treatment for c in CAUTIONS.values()} == {"DUL"}


def test_what_is_ours_is_marked_assumed():
    assert all(c.assumed and "not public" in c.source for c in (*CONTRAINDICATIONS.values(), *CAUTIONS.values()))


def test_an_antidepressant_prompts_but_does_not_exclude():
    assert not any("SSRI" in c.label for c in CONTRAINDICATIONS.values())
    assert [c.id for c in cautions_for("DUL", {"antidepressant": True})] == ["dul_antidepressant", "dul_bleeding"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, set()),
        ({"phq2": 3, "age": 24}, {"dul_depression", "dul_young"}),
        ({"phq2": 2, "age": 25}, set()),
        ({"phq2": 6, "age": 64.9}, {"dul_depression"}),
        ({"age": 65}, {"dul_older"}),
        ({"antidepressant": False, "stopping": True}, {"dul_taper"}),
        ({"age": None, "stopping": False}, set()),
    ],
)
def test_when_cautions_show(values, expected):
    always = {"dul_bleeding"}
    assert {c.id for c in cautions_for("DUL", values)} == expected | always
    assert cautions_for("ESC", values) == ()


def test_what_cannot_be_told_is_said():
    assert CAUTIONS["dul_young"].applies({}) == "not known"
    assert CAUTIONS["dul_young"].applies({"age": "30"}) == "not known"
    assert CAUTIONS["dul_bleeding"].applies({}) == "yes"
    assert Condition("x", at_least=1, below=3).applies(3) == "no"
