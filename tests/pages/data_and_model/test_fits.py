"""Fits from the page: in the background, cancelled, killed, refused; the old model stays in use."""

import errno
import time
from pathlib import Path

import joblib
import pytest

import bestviz
from bestviz.claims import claim
from bestviz.data import examine, validate
from bestviz.errors import BestVizError, DataError, InputError, ModelFileError
from bestviz.store import load_manifest
from bestviz.trial import MEASURES
from bestviz.ui import background
from bestviz.ui.data import fits, reading
from bestviz.wording import data as words

PAGE = "pages/data_and_model.py"
SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "data" / "bacpac_sample"


def order(trial, folder, **other):
    settings = {"learner": "additive", "replicates": 20, "seed": 1, "with_deep": False, "calibrate": False}
    return fits.Order(trial=trial, folder=folder, measures=MEASURES, **settings | other)


def ended(fit, seconds=120):
    end = time.monotonic() + seconds
    while fit.job.is_active and time.monotonic() < end:
        time.sleep(0.1)
    assert not fit.job.is_active
    return fit.job


def given_back(folder, seconds=20):
    end = time.monotonic() + seconds
    while (folder.resolve().parent / f".{folder.resolve().name}.fitting").exists() and time.monotonic() < end:
        time.sleep(0.1)
    return not (folder.resolve().parent / f".{folder.resolve().name}.fitting").exists()


def hidden(models):
    return [path.name for path in models.iterdir() if path.name.startswith(".")]


def test_a_fit_in_the_background_saves_the_model_of_the_command_line(here, trial, open_page):
    fit = fits.start(order(trial, here / "mine"))
    page = open_page(PAGE).part("Fit")  # a new session finds it: what a reload does
    assert "mine" in page.texts()
    assert ended(fit).state == "done", fit.job.fault
    assert given_back(here / "mine")
    assert hidden(here) == []
    same = bestviz.fit(trial, replicates=20, seed=1, learner="additive")
    assert load_manifest(here / "mine")["digest"] == same.digest
    page.run()
    assert "The model 'mine' is fitted" in page.texts()
    page.button(key="fit.use.mine").click().run()
    assert page.session_state["model.name"] == "mine"
    page.part("Models")
    assert "mine<small><strong>in use</strong></small>" in page.texts()


def test_two_fits_to_one_name_are_refused_in_words(here, trial, monkeypatch):
    held = claim(here / "mine")
    with pytest.raises(ModelFileError, match=r"'mine' is being fitted now \(process \d+ on .+\); wait"):
        fits.start(order(trial, here / "mine"))
    held.release()
    claim(here / "mine").release()


def test_a_cancelled_fit_ends_at_once_and_leaves_the_old_model(here, trial):
    before = (here / "demo" / "manifest.json").read_bytes()
    fit = fits.start(order(trial, here / "demo", replicates=2000))
    end = time.monotonic() + 60
    while fit.job.state == "waiting" and time.monotonic() < end:
        time.sleep(0.05)
    started = time.monotonic()
    fits.cancel(fit)
    assert ended(fit, 5).state == "cancelled"
    assert time.monotonic() - started < 2
    assert given_back(here / "demo")
    assert (here / "demo" / "manifest.json").read_bytes() == before
    assert hidden(here) == []


def test_a_fit_whose_process_is_killed_is_told_in_a_sentence(here, trial):
    fit = fits.start(order(trial, here / "mine", replicates=2000))
    end = time.monotonic() + 60
    while fit.job._process is None and time.monotonic() < end:
        time.sleep(0.05)
    fit.job._process.kill()
    assert ended(fit).fault == background.LOST
    assert given_back(here / "mine")
    assert not (here / "mine").exists()
    assert hidden(here) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "x" * 41, "é", "a b", "../x"])
def test_a_name_that_no_folder_should_have_is_refused(here, trial, name):
    made = order(trial, here / "m")
    object.__setattr__(made, "folder", type("Named", (), {"name": name})())
    with pytest.raises(InputError, match="1 to 40 letters"):
        fits.start(made)


def test_a_folder_of_models_that_cannot_be_written_is_told_before_the_fit(trial, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ModelFileError, match="cannot be written"):
        fits.start(order(trial, tmp_path / "file" / "m"))


def test_a_folder_of_other_things_is_not_overwritten(here, trial):
    (here / "notes").mkdir()
    (here / "notes" / "diary.txt").write_text("x")
    with pytest.raises(ModelFileError, match="holds other things"):
        fits.start(order(trial, here / "notes"))
    assert hidden(here) == []


def test_a_full_disk_is_told_in_a_sentence_and_leaves_nothing(here, trial, monkeypatch):
    monkeypatch.setitem(vars(bestviz), "fit", lambda *given, **named: bestviz.load_model(here / "demo"))

    def full(*given, **named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(joblib, "dump", full)
    with pytest.raises(BestVizError, match=r"was not saved \(No space left on device\); free space"):
        fits.fit_and_save(order(trial, here / "mine"), lambda *seen: None)
    assert hidden(here) == []
    assert not (here / "mine").exists()


def test_a_fit_that_is_refused_says_so_on_the_page(open_page, here):
    held = claim(here / "mine")
    page = open_page(PAGE).part("Fit")
    page.button(key="fit.start").click().run()
    held.release()
    assert not page.exception
    assert "is being fitted now" in page.error[0].value


def test_the_time_expected_grows_with_people_replicates_and_calibration(trial, here):
    plain_one = order(trial, here / "m").expected
    assert order(trial, here / "m", replicates=400).expected > plain_one
    assert order(trial, here / "m", calibrate=True).expected > plain_one
    assert words.lasting(12) == "about 10 seconds"
    assert words.lasting(70) == "about 1 minute"
    assert words.lasting(250) == "about 4 minutes"


def test_a_model_that_comes_to_lie_beside_the_one_in_use_changes_nothing(open_page, here):
    page = open_page(PAGE)
    (here / "aaa").symlink_to((here / "demo").resolve())
    page.part("Models")
    assert page.selectbox(key="shelf.use").value == "demo"


def test_the_sample_of_the_consortium_can_be_uploaded_and_not_fitted(open_page):
    if not SAMPLE.is_dir():
        pytest.skip("the consortium's public sample is not here")
    files = [(path.name, path.read_bytes()) for path in SAMPLE.glob("*.csv")]
    found = examine(reading.read_files(files))
    assert found.problems == validate(SAMPLE).problems
    if found.trial is not None:
        with pytest.raises(DataError, match="Nobody in these data has a first arm"):
            fits.start(order(found.trial, Path("models") / "m"))
