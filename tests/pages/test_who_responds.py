"""The Who responds page, run without a browser on a small model."""

import json

import pytest

from bestviz.ui.responding import question
from bestviz.wording import SIMULATED

PAGE = "pages/who_responds.py"


@pytest.fixture
def real(demo_models, monkeypatch):
    monkeypatch.setenv("BESTVIZ_MODELS", str(demo_models))


def words(app):
    kinds = (app.markdown, app.caption, app.info, app.warning, app.header)
    html = " ".join(part.proto.body for part in app.get("html"))
    return " ".join(str(part.value) for kind in kinds for part in kind) + html


def no_fault(app):
    assert not app.exception
    assert not app.error
    return app


def chart(app, place):
    return json.loads(app.get("plotly_chart")[place].proto.spec)


def test_three_figures_with_their_words(real, open_page):
    app = no_fault(open_page(PAGE))
    charts = app.get("plotly_chart")
    assert len(charts) == 3
    assert all(SIMULATED in each.proto.alt for each in charts)
    text = words(app)
    assert "is another question" in text
    assert "no independent test" in text
    assert "Do not read much into a single predictor" in text
    assert "compare groups with each other, not with 0" in text
    assert len([each for each in app.get("expander") if each.label == "Download"]) == 3


def test_the_profile_is_at_first_of_the_strongest_predictor(real, open_page):
    app = open_page(PAGE)
    treatment = app.button_group(key="who.treatment.ESC.ACT.EBEM.DUL").value
    strongest = app.get("plotly_chart")[0].proto.alt
    feature = app.selectbox(key=f"who.feature.{treatment}")
    label = feature.format_func(feature.value)
    assert label in strongest.split("leaves out 0" if "No interval" in strongest else "predictors.", 1)[1][:90]


@pytest.mark.parametrize(
    ("outcome", "week"), [("physical_function", 36), ("pain_intensity", 12), ("adverse_event", 24)]
)
def test_the_reader_chooses_outcome_and_week(real, open_page, outcome, week):
    app = open_page(PAGE)
    app.selectbox(key=question.KEY_OUTCOME).set_value(outcome).run()
    box = next(each for each in app.selectbox if each.label == "Week")
    box.set_value(week).run()
    no_fault(app)
    title = chart(app, 0)["layout"]["xaxis"]["title"]["text"]
    assert f"at week {week}" in title


def test_the_weighted_outcome_goes_by_its_horizon(real, open_page):
    app = open_page(PAGE)
    app.selectbox(key=question.KEY_OUTCOME).set_value(question.WEIGHTED).run()
    app.selectbox(key="who.horizon").set_value("mean").run()
    no_fault(app)
    assert "on average over weeks 24 and 36" in chart(app, 0)["layout"]["xaxis"]["title"]["text"]


def test_second_decision_and_another_reference(real, open_page):
    app = open_page(PAGE)
    app.selectbox(key=f"{question.KEY_REFERENCE}.1").set_value("ESC").run()
    assert "against enhanced self-care" in words(no_fault(app))
    app.selectbox(key=question.KEY_STAGE).set_value(2).run()
    no_fault(app)
    weeks = next(each for each in app.selectbox if each.label == "Week")
    weeks.set_value(12).run()
    assert "treatments of the second period cannot change" in words(no_fault(app))


def test_differences_and_no_treatment_chosen(real, open_page):
    app = open_page(PAGE)
    app.button_group(key="who.show").set_value("Difference from enhanced self-care").run()
    no_fault(app)
    app.button_group(key="who.arms.ACT.EBEM.DUL").set_value([]).run()
    assert "Choose at least one treatment." in words(no_fault(app))


def test_without_data_the_model_still_says_who_responds(real, open_page, monkeypatch, tmp_path):
    monkeypatch.setenv("BESTVIZ_DATA", str(tmp_path / "none"))
    app = no_fault(open_page(PAGE))
    assert len(app.get("plotly_chart")) == 2
    assert "No data yet" in words(app)
