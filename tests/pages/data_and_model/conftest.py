"""Data folders, a folder of models and pages for the tests of Data and model."""

import pytest

import bestviz
from bestviz.data import write_trial
from bestviz.ui.data import fits


@pytest.fixture(scope="session")
def trial():
    return bestviz.simulate_trial(n=120, seed=3)


@pytest.fixture(scope="session")
def root(trial, tmp_path_factory):
    """A folder of data folders: `small` as tables, `forms` as BACPAC, `broken`."""
    root = tmp_path_factory.mktemp("data")
    write_trial(trial, root / "small")
    write_trial(trial, root / "forms", format="bacpac")
    write_trial(trial, root / "broken")
    break_one_value(root / "broken")
    return root


def break_one_value(folder):
    path = folder / "assessments.csv"
    lines = path.read_text().splitlines()
    lines[4] = lines[4].rpartition(",")[0] + ",=99"
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def damage():
    """``damage(folder)``: one value of the data there is no number any more."""
    return break_one_value


@pytest.fixture(autouse=True)
def here(monkeypatch, root, demo_models, tmp_path):
    """Data folders of this test, and a folder of models with the small one."""
    monkeypatch.setenv("BESTVIZ_DATA_ROOT", str(root))
    monkeypatch.setenv("BESTVIZ_DATA", str(root / "small"))
    models = tmp_path / "models"
    models.mkdir()
    (models / "demo").symlink_to(demo_models / "demo")
    monkeypatch.setenv("BESTVIZ_MODELS", str(models))
    monkeypatch.setattr(fits, "_FITS", {})
    return models
