import pytest

from bestviz.ui.navigation import PAGES

FILES = [file for file, _ in PAGES]
NEED_A_MODEL = [file for file in FILES if file != "pages/cohort.py"]  # that one needs a trial
# These ask the model itself; `test_with_real_model` and their own tests open them.
ASK_THE_MODEL = ("pages/who_responds.py", "pages/lasting_and_deep.py", "pages/presentation.py")
WITH_A_RECORDING = [file for file in FILES if file not in ASK_THE_MODEL]
AT_FIRST_NO_CHART = ("pages/week_12.py", "pages/data_and_model.py")


def texts(app):
    return " ".join(str(part.value) for kind in (app.markdown, app.header, app.caption, app.warning) for part in kind)


@pytest.mark.parametrize("page", NEED_A_MODEL)
def test_with_no_model_every_page_offers_the_demo(page, no_models, open_page):
    app = open_page(page)
    assert not app.exception
    assert [button.label for button in app.button] == ["Fit the demo model"]
    assert "No model" in texts(app)


@pytest.mark.parametrize("page", WITH_A_RECORDING)
def test_with_a_model_every_page_launches(page, recorded, open_page):
    app = open_page(page)
    assert not app.exception
    assert not app.error
    assert "Fit the demo model" not in [button.label for button in app.button]


@pytest.mark.parametrize("page", WITH_A_RECORDING)
def test_every_page_has_one_title(page, recorded, open_page):
    assert len(open_page(page).title) == 1


def test_the_app_draws_the_banner(recorded, app):
    # After switch_page AppTest runs the page without app.py; the browser tests see the banner on every page.
    banners = [part.proto.body for part in app.get("html") if part.proto.body.startswith('<p class="bv-banner')]
    assert len(banners) == 1
    assert "Simulated data: not for treatment decisions" in banners[0]


@pytest.mark.parametrize("page", WITH_A_RECORDING)
def test_every_chart_has_alternative_text(page, recorded, open_page):
    charts = open_page(page).get("plotly_chart")
    assert charts or page in AT_FIRST_NO_CHART
    assert all(len(chart.proto.alt) > 40 for chart in charts)


def test_a_model_that_cannot_be_opened_is_told_in_a_sentence(monkeypatch, tmp_path, open_page):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("BESTVIZ_MODELS", str(tmp_path))
    app = open_page("pages/patient.py")
    assert not app.exception
    assert any("broken" in str(warning.value) for warning in app.warning)


def test_the_demo_is_fitted_with_progress_and_then_used(monkeypatch, no_models, open_page, recorded):
    import bestviz
    from bestviz.ui import models

    made, saved = [], []
    monkeypatch.setattr(models, "current", lambda: recorded if saved else None)
    monkeypatch.setattr(models, "facts", lambda: recorded.manifest() if saved else None)
    monkeypatch.setattr(recorded, "save", saved.append, raising=False)
    monkeypatch.setitem(vars(bestviz), "simulate_trial", lambda **how: made.append(how) or "trial")

    def fit(trial, *, replicates, seed, progress):
        progress(1, replicates, "Replicates")
        made.append((trial, replicates, seed))
        return recorded

    monkeypatch.setitem(vars(bestviz), "fit", fit)
    app = open_page("pages/patient.py")
    app.button(key="model.fit").click().run()
    assert not app.exception
    assert made == [{"n": 805, "seed": 1}, ("trial", 200, 1)]
    assert saved == [no_models / "demo"]
    assert app.get("plotly_chart")


def test_a_demo_that_cannot_be_made_is_told_in_a_sentence(monkeypatch, no_models, open_page):
    import bestviz
    from bestviz.errors import ModelFileError

    def refuse(**how):
        raise ModelFileError("The disk is full.")

    monkeypatch.setitem(vars(bestviz), "simulate_trial", refuse)
    app = open_page("pages/overview.py")
    app.button(key="model.fit").click().run()
    assert not app.exception
    assert "The disk is full." in app.error[0].value
