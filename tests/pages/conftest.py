"""Every page, run without a browser; with no model, and with one that answers from a recording."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from bestviz.trial import BASELINE_MEASURES, INPUT_COLUMNS, WEIGHTABLE
from bestviz.ui.steps import KEY_STEP, STEPS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = json.loads((ROOT / "tests" / "figures" / "advice_example.json").read_text(encoding="utf-8"))


class RecordedModel:
    """Answers every question with the recorded advice; remembers what it was asked."""

    name = "recorded"
    inputs = (*INPUT_COLUMNS, "contraindicated_dul", *BASELINE_MEASURES, "grip_strength")
    outcome_codes = WEIGHTABLE
    digest = "recorded"

    def __init__(self):
        self.asked = []

    def manifest(self):
        return EXAMPLE["model"] | {"fitted": "2026-11-22T10:00:00+00:00", "replicates": 200}

    def recommend(self, patient, preferences):
        self.asked.append((patient, preferences.to_dict()))
        advice = copy.deepcopy(EXAMPLE) | {"horizon": patient.horizon}
        for option in advice["first"]:
            if option["arm"] in patient.excluded:
                option |= {"allowed": False, "reason": patient.excluded[option["arm"]], "utility": None}
        return SimpleNamespace(to_dict=lambda: advice)


class WholePage(AppTest):
    """An app whose tree is the whole page: after a run that drew parts of it, everything is drawn once more."""

    def _run(self, *given, **named):
        super()._run(*given, **named)
        return self if self.title else super()._run()

    def step(self, number):
        """Open one of the three steps of the Patient page; the others are not drawn."""
        self.session_state[KEY_STEP] = STEPS[number - 1]
        return self.run()


@pytest.fixture
def recorded(monkeypatch):
    model = RecordedModel()
    monkeypatch.setattr("bestviz.ui.models.current", lambda: model)
    monkeypatch.setattr("bestviz.ui.models.facts", model.manifest)
    return model


@pytest.fixture
def no_models(monkeypatch, tmp_path):
    monkeypatch.setenv("BESTVIZ_MODELS", str(tmp_path / "none"))
    return tmp_path / "none"


@pytest.fixture
def app(monkeypatch):
    """The app on its first page."""
    monkeypatch.chdir(ROOT)
    return WholePage(str(ROOT / "app.py"), default_timeout=60).run()


@pytest.fixture
def open_page(monkeypatch):
    """``open_page("pages/patient.py")``: the page, after the app's first page."""
    monkeypatch.chdir(ROOT)

    def run(page):
        first = WholePage(str(ROOT / "app.py"), default_timeout=60).run()
        return first.switch_page(page).run()

    return run
