"""Every page, run without a browser; with no model, and with one that answers from a recording."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from bestviz.advice.archetypes import Representative
from bestviz.advice.evaluation_assigned import Recommended
from bestviz.cohort.suppression import Count
from bestviz.trial import (
    BASELINE_MEASURES,
    DEFAULT_RESPONSE_RULE,
    INPUT_COLUMNS,
    RESPONSE_CLASSES,
    SINGLE_ARMS,
    WEIGHTABLE,
)
from bestviz.ui import background
from bestviz.ui.fields import GROUPS, OTHER
from bestviz.ui.steps import KEY_STEP, STEPS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = json.loads((ROOT / "tests" / "figures" / "advice_example.json").read_text(encoding="utf-8"))


RECOMMENDED = Recommended(
    *(dict.fromkeys(SINGLE_ARMS, Count(75, 75)) for _ in range(2)), {1: Count(20, 20), 2: Count(280, 280)}, 300
)
TYPICAL = Representative("Older, low mood", "Age 58 years", 48, {"age": 58.0, "sex": "female", "phq2": 3, "peg": 6.5})


class RecordedModel:
    """Answers every question with the recorded advice; remembers what it was asked."""

    name = "recorded"
    inputs = (*INPUT_COLUMNS, "contraindicated_dul", *BASELINE_MEASURES, "grip_strength")
    outcome_codes = WEIGHTABLE
    digest = "recorded"
    info = SimpleNamespace(data_digest="", trained_on="recorded trial")

    def __init__(self):
        self.asked = []

    def manifest(self):
        return EXAMPLE["model"] | {"fitted": "2026-11-22T10:00:00+00:00", "replicates": 200}

    rule = DEFAULT_RESPONSE_RULE

    def contributions(self, patient, preferences, arms):
        part = {"feature": "age", "value": 58, "effect": 0.2, "interval": [-0.1, 0.5]}
        common = {"effect": 0.1, "interval": [-0.2, 0.4]}
        found = {"arms": list(arms), "difference": 0.3, "interval": [0.0, 0.6], "parts": [part], "common": common}
        return SimpleNamespace(to_dict=lambda: found | {"unknown": None})

    def differences(self, patient, preferences, arms):
        row = {"outcome": "peg", "week": 24, "difference": -0.4, "interval": [-1.0, 0.2]}
        return [SimpleNamespace(to_dict=lambda: row)]

    def preference_map(self, patient, outcomes, preferences, points, others):
        return None  # drawn by tests/pages/test_preferences_map.py with a real model

    def flips(self, patient, preferences):
        best = "EBEM" if patient.week == 0 else "DUL+EBEM"
        flip = {"text": "Age: if it were 71 years (now 58), duloxetine would be ahead."}
        return SimpleNamespace(to_dict=lambda: {"recommended": best, "inputs": [flip], "weights": [], "notes": []})

    def recommend(self, patient, preferences):
        self.asked.append((patient, preferences.to_dict()))
        if patient.week == 12:
            return SimpleNamespace(to_dict=lambda: at_week_12(patient))
        advice = copy.deepcopy(EXAMPLE) | {"horizon": patient.horizon}
        for option in advice["first"]:
            if option["arm"] in patient.excluded:
                option |= {"allowed": False, "reason": patient.excluded[option["arm"]], "utility": None}
        return SimpleNamespace(to_dict=lambda: advice)


def at_week_12(patient):
    """The recorded advice turned into one of week 12: after exercise, adding duloxetine or switching to it."""
    first = copy.deepcopy(EXAMPLE)
    names = {"EBEM": "EBEM+DUL", "DUL": "DUL", "ACT": "ACT+EBEM", "ESC": "ESC+EBEM"}
    shared = {key: first[key] for key in ("model", "preferences", "reasons", "unknown", "warnings")}
    options = [option | {"arm": names[option["arm"]]} for option in first["first"]]
    ranks = {"second": options, "recommended_second": options[0]["arm"], "near_equal": [options[0]["arm"]]}
    response = patient.response_class()
    if response is None:
        by_response = [ranks | {"response": one} for one in RESPONSE_CLASSES]
        nothing = {"second": [], "recommended_second": None, "near_equal": [], "trajectories": [], "outcomes": []}
        return shared | nothing | {"response": None, "by_response": by_response, "horizon": patient.horizon}
    rows = {
        "trajectories": [
            r | {"arm": names[r["arm"]]} for r in first["trajectories"] if r["week"] and r["arm"] in names
        ],
        "outcomes": [row | {"arm": names[row["arm"]]} for row in first["outcomes"]],
    }
    return shared | ranks | rows | {"response": response, "horizon": patient.horizon}


@pytest.fixture(autouse=True)
def _no_work_left_behind():
    """What a page began in the background ends with the test."""
    yield
    for key in list(background._JOBS):
        background.cancel(key)


class WholePage(AppTest):
    """An app whose tree is the whole page: after a run that drew parts of it, everything is drawn once more."""

    def _run(self, *given, **named):
        super()._run(*given, **named)
        return self if self.title else super()._run()

    def step(self, number):
        """Open one of the three steps of the Patient page; the others are not drawn."""
        self.session_state[KEY_STEP] = STEPS[number - 1]
        return self.run()

    def part(self, name):
        """Open one part of Data and model; the others are not drawn."""
        self.session_state["data.tabs"] = name
        return self.run()

    def texts(self):
        """All that is said on the page, but for labels and charts."""
        kinds = (
            self.title, self.header, self.subheader, self.markdown, self.caption, self.info, self.success, self.warning,
            self.error,
        )  # fmt: skip
        shown = [str(part.value) for kind in kinds for part in kind]
        return " ".join([*shown, *(part.proto.body for part in self.get("html"))])


@pytest.fixture
def recorded(monkeypatch):
    model = RecordedModel()
    monkeypatch.setattr("bestviz.ui.models.current", lambda: model)
    monkeypatch.setattr("bestviz.ui.models.facts", model.manifest)
    monkeypatch.setattr("bestviz.ui.opening.representatives", lambda model: (TYPICAL,))
    # What only a fitted model can be asked.
    monkeypatch.setattr("bestviz.ui.regimes.values.draw_judge", lambda asked: None)
    monkeypatch.setattr("bestviz.ui.regimes.assigned.recommended_of", lambda asked: RECOMMENDED)
    return model


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory):
    """Folder of a small simulated trial."""
    import bestviz

    return bestviz.write_trial(bestviz.simulate_trial(n=300, seed=1), tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(autouse=True)
def small_data(monkeypatch, data_folder):
    """Pages that need a trial find this one."""
    monkeypatch.setenv("BESTVIZ_DATA", str(data_folder))


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
    """``open_page("pages/patient.py")``: the page with its fields unfolded, after the app's first page."""
    monkeypatch.chdir(ROOT)

    def run(page):
        first = WholePage(str(ROOT / "app.py"), default_timeout=60).run()
        for group in (*GROUPS, OTHER, "open", "followed"):  # folded groups are not drawn
            first.session_state[f"group.{group}"] = True
        return first.switch_page(page).run()

    return run
