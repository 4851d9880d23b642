"""Every page on every kind of data and model: nothing breaks, no chart is empty, what is said helps."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

import bestviz
from bestviz.advice.evaluation import TrialJudge, trial_judge
from bestviz.ui import background
from bestviz.ui.cohort.sections import SECTIONS
from bestviz.ui.navigation import PAGES

FILES = [file for file, _ in PAGES]
NO_SENTENCE = re.compile(r"Traceback|Error\b|\bnan\b|\bNone\b(?! of)|\binf\b|\{\w+\}")
QUICK = {"replicates": 20, "seed": 1, "learner": "additive"}


@dataclass(frozen=True)
class Kind:
    """A folder of models with at most one, and a data folder; either may be missing."""

    models: Path
    data: Path
    judge: TrialJudge | None = None


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("kinds")


@pytest.fixture(scope="session")
def small(place):
    """50 people, and a model fitted to them."""
    return made(place, "small", bestviz.simulate_trial(n=50, seed=4))


@pytest.fixture(scope="session")
def larger(place):
    """40 % more people at other sites, without deep data and without PGIC at week 6."""
    trial = bestviz.simulate_trial(n=1127, seed=5)
    sites = [("Köln", "Site 07/b", "St. Mary's & Sons")[i % 3] for i in range(len(trial))]
    values = trial.assessments
    return made(
        place, "larger",
        replace(
            trial, participants=trial.participants.assign(site=pd.Series(sites, trial.participants.index, dtype="str")),
            assessments=values[~((values["measure"] == "pgic") & (values["week"] == 6))], deep=None,
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def forms(place, larger):
    """The same people as a BACPAC folder."""
    trial = larger.judge.trial
    data = bestviz.write_trial(trial, place / "forms", format="bacpac")
    assert bestviz.load_trial(data).digest == trial.digest
    return Kind(larger.models, data, larger.judge)


@pytest.fixture(scope="session")
def demo(demo_models, data_folder):
    return Kind(demo_models, data_folder)


@pytest.fixture(scope="session")
def kinds(place, small, larger, forms, demo):
    none = place / "none"
    return {
        "nothing": Kind(none, none),
        "demo": demo,
        "50 people": small,
        "40 % more": larger,
        "BACPAC": forms,
        "data, no model": Kind(none, larger.data),
        "model, no data": Kind(small.models, none),
        "model of others": Kind(small.models, larger.data),
    }


def made(place, name, trial):
    data = bestviz.write_trial(trial, place / name)
    model = bestviz.fit(trial, **QUICK)
    model.save(place / f"{name}-models" / name)
    return Kind(place / f"{name}-models", data, trial_judge(model, trial, folds=2, repeats=1))


@pytest.fixture
def opened(monkeypatch, kinds, open_page):
    """``opened(kind, page)``: the page where that is all there is; nothing long begins by itself."""

    def run(kind, page):
        given = kinds[kind]
        monkeypatch.setenv("BESTVIZ_MODELS", str(given.models))
        monkeypatch.setenv("BESTVIZ_DATA", str(given.data))
        monkeypatch.setenv("BESTVIZ_DATA_ROOT", str(given.data.parent))
        monkeypatch.setenv("BESTVIZ_LONG_WORK", "ask")
        return open_page(page)

    return run


def sound(page):
    """Nothing broke, no chart is empty, and every message is a sentence without signs of a program."""
    assert not page.exception
    assert len(page.title) == 1
    for chart in page.get("plotly_chart"):
        assert len(chart.proto.alt) > 40
        assert any(holds_something(trace) for trace in json.loads(chart.proto.spec)["data"]), chart.proto.alt
    for kind in (page.info, page.warning, page.error, page.success):
        for message in kind:
            assert re.search(r"[.!?)]$", message.value.strip()), message.value
            assert len(message.value.split()) > 4, message.value
    assert not NO_SENTENCE.search(plain(page.texts())), plain(page.texts())
    return page


def plain(html):
    return re.sub(r"<style.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)


def holds_something(trace):
    given = [trace.get(name) or () for name in ("x", "y", "a", "z", "values", "link", "cells")]
    return any(value.get("bdata", value) if isinstance(value, dict) else value for value in given)


@pytest.mark.parametrize("page", FILES)
@pytest.mark.parametrize(
    "kind",
    ["nothing", "demo", "50 people", "40 % more", "BACPAC", "data, no model", "model, no data", "model of others"],
)
def test_every_page_on_every_kind(opened, kind, page):
    sound(opened(kind, page))


@pytest.mark.parametrize("kind", ["50 people", "40 % more"])
def test_every_part_of_the_cohort(opened, kind):
    page = opened(kind, "pages/cohort.py")
    for part in SECTIONS:
        page.session_state["cohort.part"] = part
        sound(page.run())


@pytest.mark.parametrize("kind", ["nothing", "50 people", "40 % more", "BACPAC", "data, no model", "model, no data"])
def test_every_part_of_data_and_model(opened, kind):
    page = opened(kind, "pages/data_and_model.py")
    for part in ("Rules", "Fit", "Models", "Model card"):
        sound(page.part(part))


@pytest.mark.parametrize(
    ("kind", "file"),
    [("50 people", "pages/regimes.py"), ("40 % more", "pages/regimes.py"), ("50 people", "pages/presentation.py")],
)
def test_pages_with_values_once_judged(opened, kinds, monkeypatch, kind, file):
    def start(key, function, *given, **named):
        job = background._JOBS[key] = background.Job(key, "done" if key[0] == "regimes.judge" else "running")
        job.result = kinds[kind].judge
        return job

    monkeypatch.setattr(background, "start", start)
    monkeypatch.setattr(background, "_JOBS", type(background._JOBS)())
    monkeypatch.setattr("bestviz.ui.regimes.asking.begins_by_itself", lambda: True)
    page = opened(kind, "pages/regimes.py")
    if file != "pages/regimes.py":
        page = page.switch_page(file).run()
    sound(page)
    assert page.get("plotly_chart") or file != "pages/regimes.py"  # the first slide has none
