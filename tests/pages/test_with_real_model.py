"""The pages on a model fitted to a small simulated trial."""

import pytest

from bestviz.ui import followed, state
from bestviz.ui.navigation import PAGES


@pytest.fixture
def real(demo_models, monkeypatch):
    monkeypatch.setenv("BESTVIZ_MODELS", str(demo_models))


def html(app):
    return " ".join(part.proto.body for part in app.get("html"))


@pytest.mark.parametrize("page", [file for file, _ in PAGES])
def test_every_page_launches(real, open_page, page):
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert len(app.title) == 1


def test_week_12_answers_for_a_real_patient(real, open_page):
    page = open_page("pages/week_12.py")
    page.selectbox(key=followed.KEY_FIRST).set_value("EBEM")
    page.selectbox(key=followed.key_measured("pgic")).set_value(1)
    page.number_input(key=followed.key_measured("peg")).set_value(2.0).run()
    assert not page.exception
    assert not page.error
    assert "Continuing <strong>exercise and manual therapy</strong> ranks first" in html(page)
    assert "Observed against what had been expected" in html(page)


@pytest.mark.parametrize("example", range(6))
def test_every_example_gets_an_answer(real, open_page, example):
    page = open_page("pages/patient.py")
    page.button(key=f"case.example.{example}").click().run()
    assert not page.exception
    assert not page.error
    assert "ranks first" in html(page)


def test_weights_horizon_and_exclusions_change_the_question(real, open_page):
    page = open_page("pages/patient.py")
    page.step(3).radio(key="preset").set_value("equal").run()
    page.button_group(key=state.KEY_HORIZON).set_value("mean").run()
    page.step(2).checkbox(key=state.key_declined("DUL")).check().run()
    assert not page.exception
    assert not page.error
    assert "Duloxetine: declined by the patient" in html(page)


@pytest.mark.parametrize("outcome", ["peg", "physical_function", "opioid_use", "sleep_duration"])
def test_every_kind_of_outcome_is_drawn(real, open_page, outcome):
    page = open_page("pages/patient.py")
    page.selectbox(key="course.outcome").set_value(outcome).run()
    assert not page.exception


def test_everything_declined_is_said(real, open_page):
    page = open_page("pages/patient.py")
    page.step(2)
    for code in ("ESC", "ACT", "EBEM", "DUL"):
        page.checkbox(key=state.key_declined(code)).check()
    page.run()
    assert not page.exception
    assert not page.error
    assert "No option can be ranked" in html(page)
