"""The Lasting and deep page, run without a browser on a small model; long work is not done."""

from dataclasses import replace

import pytest

import bestviz
from bestviz.advice.deep import DeepGain
from bestviz.advice.deep_changes import ChangedGroup, Changes, Switch
from bestviz.regime.judging.values import Estimate
from bestviz.ui import background, trials
from bestviz.ui.lasting.deep import switches_html
from bestviz.wording import SIMULATED
from bestviz.wording import responding as sentences

PAGE = "pages/lasting_and_deep.py"
CHANGES = Changes(
    (Switch("ACT", "ACT", 60), Switch("ACT", "DUL", 9), Switch("DUL", "ACT", 21)),
    (ChangedGroup("sex", "female", 50, 0.4, (0.3, 0.5)), ChangedGroup("tsp", "lowest third", 30, 0.2, (0.1, 0.3))),
)
GAIN = DeepGain(
    90, 300, ("tsp",), (), {"peg": 1.0}, 24, Estimate(1.5, 0.1), Estimate(1.8, 0.1), Estimate(0.3, 0.1), 0.333,
    CHANGES, 5, 1, "ensemble", True,
)  # fmt: skip


@pytest.fixture
def real(demo_models, monkeypatch):
    monkeypatch.setenv("BESTVIZ_MODELS", str(demo_models))


@pytest.fixture
def jobs(monkeypatch):
    """Work is not started; `jobs` says what was asked for, and its state can be set."""
    started = {}

    def start(key, function, *args, **named):
        started[key] = background.Job(key, "running", 3, 10, "Judging markers")
        return started[key]

    def cancel(key):
        started[key].state = "cancelled"

    monkeypatch.setattr(background, "start", start)
    monkeypatch.setattr(background, "find", started.get)
    monkeypatch.setattr(background, "cancel", cancel)
    return started


def words(app):
    kinds = (app.markdown, app.caption, app.info, app.warning, app.header, app.error)
    html = " ".join(part.proto.body for part in app.get("html"))
    return " ".join(str(part.value) for kind in kinds for part in kind) + html


def no_fault(app):
    assert not app.exception
    assert not app.error
    return app


def test_both_weeks_and_what_fades(real, jobs, open_page):
    app = no_fault(open_page(PAGE))
    charts = app.get("plotly_chart")
    assert len(charts) == 2
    assert all(SIMULATED in each.proto.alt for each in charts)
    text = words(app)
    assert "Share kept" in text
    assert "A regime that looks at week 36 would start" in text
    assert "markers are used" in text
    assert not jobs  # long work begins when it is asked for


@pytest.mark.parametrize("outcome", ["physical_function", "opioid_use", "sleep_duration"])
def test_every_kind_of_outcome(real, jobs, open_page, outcome):
    app = open_page(PAGE)
    app.selectbox(key="lasting.outcome").set_value(outcome).run()
    app.button_group(key="lasting.show").set_value("Difference from enhanced self-care").run()
    app.button_group(key="lasting.horizon").set_value(36).run()
    app.button_group(key="lasting.arm").set_value("DUL").run()
    assert "difference from starting with enhanced self-care" in no_fault(app).get("plotly_chart")[0].proto.alt


def test_markers_are_judged_with_progress_and_can_be_cancelled(real, jobs, open_page):
    app = open_page(PAGE)
    app.button(key="deep.start").click().run()
    no_fault(app)
    (job,) = jobs.values()
    assert job.key[0] == "deep"
    assert job.key[2:] == ((("peg", 1.0),), 24, "ensemble")
    assert "Judging markers: 3 of 10" in str([each.proto for each in app.get("progress")])
    app.button(key="deep.cancel").click().run()
    assert "The calculation was cancelled." in words(no_fault(app))
    assert app.button(key="deep.start")


def test_what_was_found_is_said_shown_and_counted_with_care(real, jobs, open_page):
    app = open_page(PAGE)
    app.button(key="deep.start").click().run()
    (job,) = jobs.values()
    job.state, job.result = "done", GAIN
    no_fault(app.run())
    text = words(app)
    assert GAIN.statement in text
    assert "33 of 100 people get another first treatment" in text
    assert "Female" in text
    app.selectbox(key="deep.by").set_value("tsp").run()
    assert "Lowest third" in words(no_fault(app))
    assert len(app.get("plotly_chart")) == 3


def test_a_fault_is_one_sentence_and_it_can_be_tried_again(real, jobs, open_page):
    app = open_page(PAGE)
    app.button(key="deep.start").click().run()
    (job,) = jobs.values()
    job.state, job.fault = "failed", background.LOST
    app.run()
    assert app.error[0].value == background.LOST
    assert app.button(key="deep.start")


def test_fewer_than_ten_people_are_not_counted():
    html = switches_html(CHANGES.switches, simulated=True)
    assert "&lt;10" in html
    assert ">9<" not in html
    assert ">21<" in html
    assert SIMULATED in html


def test_data_without_markers_or_inputs_are_said_in_words(real, jobs, open_page, monkeypatch):
    trial = bestviz.simulate_trial(n=120, seed=3)
    monkeypatch.setattr(trials, "current", lambda: replace(trial, deep=None))
    app = no_fault(open_page(PAGE))
    assert "no deep phenotyping markers" in words(app)
    assert len(app.get("plotly_chart")) == 2
    people = trial.participants[["first_arm", "second_arm", "response"]]
    values = trial.assessments[trial.assessments["week"] > 0]
    monkeypatch.setattr(trials, "current", lambda: replace(trial, participants=people, assessments=values))
    app = no_fault(open_page(PAGE))
    assert "none of the inputs of the model" in words(app)
    assert "markers are used" in words(app)


def test_a_model_without_week_36_says_so(real, jobs, open_page, monkeypatch):
    monkeypatch.setattr("bestviz.advice.lasting.lasting_measures", lambda model: ())
    from bestviz.ui.lasting import course

    course._lasting.clear()
    app = no_fault(open_page(PAGE))
    course._lasting.clear()
    assert sentences.NO_LATE in words(app)
    assert app.button(key="deep.start")
