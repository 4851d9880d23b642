"""The Cohort page, run without a browser."""

import json
from dataclasses import replace

import pytest

import bestviz
from bestviz.ui import trials
from bestviz.ui.cohort.filters import key_filter
from bestviz.ui.cohort.sections import SECTIONS
from bestviz.wording import SIMULATED

PAGE = "pages/cohort.py"
SPECIFIC = {"Flow": 1, "Baseline": 0, "Means by week": 1, "Spread": 2, "Response": 1, "Sequences": 1}


@pytest.fixture
def cohort(recorded, open_page):
    def open_part(part=None, **filters):
        app = open_page(PAGE)
        for name, values in filters.items():
            app.session_state[key_filter(name)] = values
        if part:
            app.session_state["cohort.part"] = part
        return app.run() if part or filters else app

    return open_part


def words(app):
    kinds = (app.markdown, app.caption, app.info, app.warning, app.subheader, app.header)
    html = " ".join(part.proto.body for part in app.get("html"))
    return " ".join(str(part.value) for kind in kinds for part in kind) + html


def no_fault(app):
    assert not app.exception
    assert not app.error
    return app


@pytest.mark.parametrize("part", SECTIONS)
def test_every_part_is_drawn_with_its_words(cohort, part):
    app = no_fault(cohort(part))
    charts = app.get("plotly_chart")
    assert len(charts) == SPECIFIC.get(part, 1)
    assert all(SIMULATED in chart.proto.alt for chart in charts)
    assert SIMULATED in words(app)
    assert app.get("download_button")


def test_filters_are_said_in_one_line_with_live_numbers(cohort):
    app = no_fault(cohort("Response", sex=["female"], age=["40 to 49", "50 to 64"]))
    line = next(str(one.value) for one in app.markdown if " of 300 people" in str(one.value))
    assert line.endswith("female; age 40 to 49 or 50 to 64 years")
    assert not line.startswith("**300")


def test_every_chart_obeys_the_filters_and_reset_brings_everybody_back(cohort):
    app = cohort("Means by week")
    everybody = app.get("plotly_chart")[0].proto.spec
    app.session_state[key_filter("contraindication")] = ["none"]
    some = app.run().get("plotly_chart")[0].proto.spec
    assert some != everybody
    app.button(key="cohort.reset").click().run()
    assert app.get("plotly_chart")[0].proto.spec == everybody


def test_filters_that_leave_few_or_nobody(cohort):
    app = no_fault(cohort(site=["101"], contraindication=["EBEM"], age=["65 and over"]))
    assert any("Fewer than 10 people are left" in one.value or "Nobody is left" in one.value for one in app.info)
    assert not app.get("plotly_chart")
    assert not app.get("download_button")


def test_filters_that_leave_nearly_everybody(cohort):
    app = no_fault(cohort(contraindication=["none", "DUL", "ACT"]))
    assert "leave out fewer than 10 people" in words(app)
    assert "All but <10 of 300 people" in words(app)
    assert not app.get("plotly_chart")


def test_no_small_count_in_the_specification_of_the_flow(cohort):
    app = cohort("Flow", site=["101", "102"])
    notes = json.loads(app.get("plotly_chart")[0].proto.spec)["layout"]["annotations"]
    assert not [note["text"] for note in notes if note["text"].isdigit() and int(note["text"]) < 10]


def test_no_data_is_said_and_the_demo_is_offered(monkeypatch, tmp_path, recorded, open_page):
    monkeypatch.setenv("BESTVIZ_DATA", str(tmp_path / "none"))
    app = no_fault(open_page(PAGE))
    assert [button.key for button in app.button] == ["trial.simulate"]
    assert "No data yet" in words(app)
    assert not app.get("plotly_chart")


def test_data_that_cannot_be_read_are_said_in_a_sentence(monkeypatch, tmp_path, recorded, open_page):
    (tmp_path / "participants.csv").write_text("id,first_arm\na,XYZ\n", encoding="utf-8")
    monkeypatch.setenv("BESTVIZ_DATA", str(tmp_path))
    app = no_fault(open_page(PAGE))
    assert len(app.warning) == 1
    assert "The data" in app.warning[0].value


def test_changed_files_are_read_again(monkeypatch, tmp_path, recorded, open_page):
    monkeypatch.setenv("BESTVIZ_DATA", str(tmp_path))
    bestviz.write_trial(bestviz.simulate_trial(n=60, seed=2), tmp_path)
    assert "60 of 60 people" in words(open_page(PAGE))
    bestviz.write_trial(bestviz.simulate_trial(n=70, seed=2), tmp_path)
    assert "70 of 70 people" in words(open_page(PAGE))


@pytest.fixture(scope="module")
def bare():
    """A trial of other sites, without race, side effects, contraindications, PGIC at week 6 and opioid use."""
    trial = bestviz.simulate_trial(n=420, seed=3)
    people = trial.participants.copy()
    gone = [name for name in people if name.startswith(("race", "adverse", "stopped", "serious", "contraindicated"))]
    people = people.drop(columns=gone)
    people["site"] = people["site"].map(lambda site: f"Clinic <b>{int(site) % 3}</b> & Co").astype("str")
    values = trial.assessments
    early = (values["measure"] == "pgic") & (values["week"] == 6)
    values = values[~early & (values["measure"] != "opioid_use")]
    return replace(trial, participants=people, assessments=values.reset_index(drop=True))


@pytest.mark.parametrize("form", ["tables", "bacpac"])
@pytest.mark.parametrize("part", SECTIONS)
def test_other_data_with_less_in_them(monkeypatch, tmp_path, bare, cohort, form, part):
    monkeypatch.setenv("BESTVIZ_DATA", str(bestviz.write_trial(bare, tmp_path / form, format=form)))
    app = no_fault(cohort(part, site=["Clinic <b>1</b> & Co"]))
    text = words(app)
    assert "of 420 people" in text
    assert "<b>1</b>" not in "".join(part.proto.body for part in app.get("html"))
    if part == "Side effects and stopping":
        assert "The data set has no columns on side effects or stopping" in text
    if part == "Baseline":
        assert "Race" not in text
    if part == "Means by week":
        app.selectbox(key="cohort.measure.courses").set_value("pgic").run()
        no_fault(app)


def test_nobody_assigned_is_said(monkeypatch, recorded, open_page):
    trial = bestviz.simulate_trial(n=60, seed=1)
    people = trial.participants.copy()
    people[["first_arm", "second_arm"]] = None
    monkeypatch.setattr(trials, "current", lambda: replace(trial, participants=people))
    assert "nobody's treatment" in words(no_fault(open_page(PAGE)))
