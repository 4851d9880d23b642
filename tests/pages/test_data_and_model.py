"""The Data and model page: data chosen and checked, rules edited, fits started, cancelled and refused, models, card."""

import errno
import fcntl
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import joblib
import pytest

import bestviz
from bestviz import claims
from bestviz.advice.card import plain, read_back
from bestviz.data import examine, validate, write_trial
from bestviz.data.problems import Problem
from bestviz.errors import BestVizError, DataError, InputError, ModelFileError
from bestviz.store import load_manifest
from bestviz.trial import DEFAULT_RESPONSE_RULE, MEASURES, ResponseRule
from bestviz.ui import background
from bestviz.ui.data import fits, places, reading
from bestviz.ui.data.effects import classes_moved, measures_with, share_improved
from bestviz.ui.data.findings import findings_csv, matching
from bestviz.wording import data as words

PAGE = "pages/data_and_model.py"
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bacpac_sample"


@pytest.fixture(scope="module")
def trial():
    return bestviz.simulate_trial(n=120, seed=3)


@pytest.fixture(scope="module")
def root(trial, tmp_path_factory):
    """A folder of data folders: `small` as tables, `forms` as BACPAC, `broken`."""
    root = tmp_path_factory.mktemp("data")
    write_trial(trial, root / "small")
    write_trial(trial, root / "forms", format="bacpac")
    write_trial(trial, root / "broken")
    damage(root / "broken" / "assessments.csv")
    return root


def damage(path):
    lines = path.read_text().splitlines()
    lines[4] = lines[4].rpartition(",")[0] + ",=99"
    path.write_text("\n".join(lines) + "\n")


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


def files_of(folder):
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def texts(page):
    kinds = (page.markdown, page.caption, page.error, page.info, page.success, page.subheader)
    shown = [str(part.value) for kind in kinds for part in kind]
    return " ".join([*shown, *(part.proto.body for part in page.get("html"))])


def tab(page, name):
    page.session_state["data.tabs"] = name
    return page.run()


# -- choosing data ----------------------------------------------------------------------------------------------------


def test_the_data_in_use_are_shown_with_what_they_hold(open_page):
    page = open_page(PAGE)
    assert "120 people" in texts(page)
    assert "0 errors" in texts(page)
    assert page.text_input(key="data.path").value.endswith("small")
    assert page.selectbox(key="data.found").options == ["broken", "forms", "small"]


def test_errors_are_listed_with_place_and_mending_and_forbid_the_fit(open_page):
    page = open_page(PAGE)
    page.text_input(key="data.path").input("broken").run()
    assert not page.exception
    assert "1 error" in page.error[0].value
    assert "The value must be a number, not &#x27;=99&#x27;." in texts(page)
    assert "Correct the cell, or empty it." in texts(page)
    tab(page, "Fit")
    assert "Choose data without errors first." in texts(page)
    assert not [button for button in page.button if button.key == "fit.start"]


def test_mended_files_are_read_again(open_page, root, trial):
    write_trial(trial, root / "mended")
    good = (root / "mended" / "assessments.csv").read_bytes()
    damage(root / "mended" / "assessments.csv")
    page = open_page(PAGE)
    page.selectbox(key="data.found").select("mended").run()
    assert "1 error" in page.error[0].value
    (root / "mended" / "assessments.csv").write_bytes(good)
    page.button(key="data.again").click().run()
    assert not page.error


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nowhere", "There is no folder"),
        ("../..", "is not inside"),
        ("/etc", "is not inside"),
        ("/etc/none", "is not inside"),
        ("small/../../..", "is not inside"),
        ("https://example.org/data", "is an address"),
        ("\\\\server\\share", "is an address"),
        ("small/participants.csv", "is a file"),
        (" ", "No folder is named"),
        ("a\0b", "There is no folder"),
        ("x" * 400, "There is no folder"),
    ],
)
def test_a_path_that_is_not_read_is_refused_in_a_sentence(typed, said):
    with pytest.raises(InputError, match=said):
        places.checked_folder(typed)


def test_a_link_out_of_the_root_is_not_followed(root, tmp_path):
    (root / "link").symlink_to(tmp_path)
    try:
        with pytest.raises(InputError, match="is not inside"):
            places.checked_folder("link")
    finally:
        (root / "link").unlink()


def test_a_refused_path_is_told_on_the_page_and_the_data_stay(open_page):
    page = open_page(PAGE)
    page.text_input(key="data.path").input("/etc").run()
    assert "is not inside" in page.error[0].value
    assert "120 people" in texts(page)


@pytest.mark.parametrize("form", ["small", "forms"])
def test_uploaded_files_are_read_in_memory(open_page, root, form):
    page = open_page(PAGE)
    page.file_uploader(key="data.files").set_value(
        [(name, content, "text/csv") for name, content in files_of(root / form)]
    ).run()
    assert not page.exception
    assert not page.error
    assert "120 people" in texts(page)
    assert page.text_input(key="data.path").value == ""


@pytest.mark.parametrize("form", ["small", "forms", "broken"])
def test_files_in_memory_and_on_disk_have_the_same_problems(root, form):
    found, told = examine(reading.read_files(files_of(root / form))), validate(root / form)
    assert found.problems == told.problems
    assert (found.participants, found.assessments, found.measures) == (
        told.participants,
        told.assessments,
        told.measures,
    )
    if told.trial is not None:
        assert found.trial.digest == told.trial.digest


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "No files were chosen"),
        ([("assessments.csv", b"x" * 30_000_000)], "assessments.csv has 30 MB, and at most 20 MB can be uploaded"),
        ([(f"{n}.csv", b"x" * 19_000_000) for n in range(4)], "The files together have 76 MB"),
        ([("a/DM.csv", b"x"), ("b/DM.csv", b"x")], "two files called DM.csv"),
    ],
)
def test_an_upload_that_cannot_be_used_is_refused_in_a_sentence(files, said):
    with pytest.raises(DataError, match=said):
        reading.read_files(files)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("participants.csv", b"")], "empty"),
        ([("participants.csv", "id,first_arm,second_arm\nJosé,ACT,\n".encode("latin-1"))], "not UTF-8"),
        ([("participants.csv", "id,first_arm\n".encode("utf-16"))], "null bytes"),
        ([("notes.csv", b"a,b\n1,2\n")], "participants is missing"),
        ([("participants.parquet", b"PAR1")], "Parquet"),
    ],
)
def test_files_that_hold_no_data_are_findings(files, said):
    found = examine(reading.read_files(files))
    assert any(said in problem.message for problem in found.errors)
    assert found.trial is None


def test_the_sample_of_the_consortium_can_be_uploaded_and_not_fitted(open_page):
    if not SAMPLE.is_dir():
        pytest.skip("the consortium's public sample is not here")
    files = [(path.name, path.read_bytes()) for path in SAMPLE.glob("*.csv")]
    found = examine(reading.read_files(files))
    assert found.problems == validate(SAMPLE).problems
    if found.trial is not None:
        with pytest.raises(DataError, match="Nobody in these data has a first arm"):
            fits.start(order(found.trial, Path("models") / "m"))


def test_a_mended_file_replaces_the_one_of_its_name(open_page, root):
    page = open_page(PAGE)
    broken = [(name, content, "text/csv") for name, content in files_of(root / "broken")]
    page.file_uploader(key="data.files").set_value(broken).run()
    assert "1 error" in page.error[0].value
    assert "Simulated data" in texts(page)
    mended = ("assessments.csv", (root / "small" / "assessments.csv").read_bytes(), "text/csv")
    page.file_uploader(key="data.files").set_value([*broken, mended]).run()
    assert not page.error
    assert "0 errors" in texts(page)


# -- findings ---------------------------------------------------------------------------------------------------------

FOUND = (
    Problem("error", "a.csv", 3, "age", "Age 17 is under 18: the trial and its advice are for adults."),
    Problem("warning", "b.csv", None, "measure", "=cmd, PEG is missing"),
)


def test_findings_are_filtered_by_severity_file_and_words():
    assert matching(FOUND, "error", None, "") == [FOUND[0]]
    assert matching(FOUND, None, "b.csv", "") == [FOUND[1]]
    assert matching(FOUND, None, None, " AGE 17") == [FOUND[0]]
    assert matching(FOUND, "error", "b.csv", "") == []


def test_findings_as_csv_hold_no_formula_and_say_that_data_are_simulated():
    lines = findings_csv(FOUND, simulated=True).splitlines()
    assert lines[0] == "severity,file,row,column,message,how to mend,note"
    assert lines[1].startswith("error,a.csv,3,age,Age 17")
    assert '"\'=cmd, PEG is missing"' in lines[2]
    assert all(line.endswith("Simulated data: not for treatment decisions") for line in lines[1:])
    assert "Simulated" not in findings_csv(FOUND, simulated=False)


def test_every_kind_of_finding_says_how_to_mend_it():
    cases = {
        "The required column 'id' is missing; is 'idd' meant? Rename it.": "Add the column, or rename",
        "The file is not UTF-8 (byte 0xe9); save it as CSV UTF-8.": "Save the file again as CSV UTF-8.",
        "Unknown arm 'ATC'; allowed: ESC, ACT. Did you mean 'ACT'?": "Write the value that is suggested",
        "peg of 11 is outside its instrument: it must be from 0 to 10.": "Correct the value at its source",
        "The second arm DUL is not permitted here: continue only.": "Correct the arm, the class",
        "Duplicate id 'x': one row a person.": "Remove the row",
        "Something new.": "Correct the cell, or remove the row.",
    }
    for message, mending in cases.items():
        assert words.mend(Problem("error", "f", 1, "c", message)).startswith(mending)
    assert words.mend(Problem("warning", "f", 1, "c", "Something new.")) == "Nothing has to be done; the fit goes on."


# -- rules ------------------------------------------------------------------------------------------------------------


def test_classes_that_the_data_carry_stay_under_any_rule(trial):
    strict = replace(trial, info=replace(trial.info, response_rule=ResponseRule(0, 0, 0)))
    moved = classes_moved(trial, strict)
    recorded = int(trial.participants["response"].notna().sum())
    assert (moved.changed, moved.recorded) == (0, recorded)
    assert moved.differing > 0


def test_without_recorded_classes_the_rule_decides(trial):
    bare = replace(trial, participants=trial.participants.drop(columns="response"))
    all_poor = replace(bare, info=replace(bare.info, response_rule=ResponseRule(0, 0, 0)))
    moved = classes_moved(bare, all_poor)
    judged = sum(moved.before[name] for name in ("excellent", "good", "medium", "poor"))
    assert moved.after["poor"] == judged == moved.judged
    assert moved.changed == judged - moved.before["poor"]
    assert sum(moved.after.values()) == len(bare)


def test_a_larger_meaningful_change_means_fewer_improved(trial):
    peg = MEASURES["peg"]
    change = (trial.values("peg", 0) - trial.values("peg", 24)).dropna()
    assert share_improved(trial, peg) == pytest.approx((change >= 1 - 1e-9).mean())
    assert share_improved(trial, peg.with_meaningful_change(3.0)) == pytest.approx((change >= 3 - 1e-9).mean())
    assert share_improved(trial, MEASURES["opioid_use"]) is None
    assert measures_with({"peg": 2.0})["peg"].meaningful_change == 2.0


def test_another_rule_is_taken_shown_and_given_back(open_page):
    page = tab(open_page(PAGE), "Rules")
    page.number_input(key="rule.medium_pgic").set_value(6).run()
    assert not page.exception
    assert "PGIC of at most 6: medium" in texts(page)
    page.button(key="rule.reset").click().run()
    assert page.number_input(key="rule.medium_pgic").value == DEFAULT_RESPONSE_RULE.medium_pgic


def test_cut_offs_out_of_order_are_refused_in_a_sentence(open_page):
    page = tab(open_page(PAGE), "Rules")
    page.number_input(key="rule.good_pgic").set_value(7).run()
    assert "must not decrease" in page.error[0].value
    page.number_input(key="rule.medium_pgic").set_value(7).run()
    assert not page.error
    assert "PGIC of at most 7: good" in texts(page)


def test_another_meaningful_change_reaches_the_order_of_a_fit(open_page, monkeypatch):
    asked = []
    monkeypatch.setattr(fits, "start", asked.append)
    page = tab(open_page(PAGE), "Rules")
    page.number_input(key="change.peg").set_value(2.0).run()
    assert "times 0.50" in texts(page)
    tab(page, "Fit")
    page.text_input(key="fit.name").input("two").run()
    page.button(key="fit.start").click().run()
    assert asked[0].measures["peg"].meaningful_change == 2.0
    assert asked[0].folder.name == "two"
    assert (asked[0].replicates, asked[0].seed, asked[0].learner) == (200, 1, "ensemble")


# -- fits -------------------------------------------------------------------------------------------------------------


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
    while claims._claim_file(folder).exists() and time.monotonic() < end:
        time.sleep(0.1)
    return not claims._claim_file(folder).exists()


def hidden(models):
    return [path.name for path in models.iterdir() if path.name.startswith(".")]


def test_a_fit_in_the_background_saves_the_model_of_the_command_line(here, trial, open_page):
    fit = fits.start(order(trial, here / "mine"))
    page = tab(open_page(PAGE), "Fit")  # a new session finds it: what a reload does
    assert "mine" in texts(page)
    assert ended(fit).state == "done", fit.job.fault
    assert given_back(here / "mine")
    assert hidden(here) == []
    same = bestviz.fit(trial, replicates=20, seed=1, learner="additive")
    assert load_manifest(here / "mine")["digest"] == same.digest
    page.run()
    assert "The model 'mine' is fitted" in texts(page)
    page.button(key="fit.use.mine").click().run()
    assert page.session_state["model.name"] == "mine"
    tab(page, "Models")
    assert "mine<small><strong>in use</strong></small>" in texts(page)


def test_two_fits_to_one_name_are_refused_in_words(here, trial, monkeypatch):
    held = claims.claim(here / "mine")
    with pytest.raises(ModelFileError, match=r"'mine' is being fitted now \(process \d+ on .+\); wait"):
        fits.start(order(trial, here / "mine"))
    held.release()
    claims.claim(here / "mine").release()


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


def test_what_a_killed_server_left_is_removed_at_the_next_start(here):
    def leave(name):
        draft = here / f".{name}.x1.draft"
        draft.mkdir()
        (draft / "model.joblib").write_bytes(b"half")
        return draft

    killed, writing, old = leave("killed"), leave("writing"), leave("old")
    (here / ".killed.fitting").touch()
    (here / ".busy.fitting").touch()
    busy = leave("busy")
    os.utime(old / "model.joblib", (0, 0))
    os.utime(old, (0, 0))
    with open(here / ".busy.fitting") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        claims.sweep(here)
        assert not killed.exists()
        assert not old.exists()
        assert busy.exists()
        assert writing.exists()  # perhaps of a command line that saves just now
    claims.sweep(here)
    assert not busy.exists()
    assert sorted(hidden(here)) == [".writing.x1.draft"]
    claims.sweep(here / "none")


def test_a_claim_is_given_back_when_its_process_dies(here):
    code = f"from pathlib import Path; from bestviz.claims import claim; claim(Path({str(here / 'm')!r}))"
    subprocess.run([sys.executable, "-c", code + "; import os; os._exit(9)"], check=False)
    assert (here / ".m.fitting").exists()
    claims.claim(here / "m").release()
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
    held = claims.claim(here / "mine")
    page = tab(open_page(PAGE), "Fit")
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
    tab(page, "Models")
    assert page.selectbox(key="shelf.use").value == "demo"


# -- models and card --------------------------------------------------------------------------------------------------


def test_models_are_compared_and_verified(open_page, here):
    (here / "bad").mkdir()
    (here / "bad" / "manifest.json").write_text("{}")
    page = tab(open_page(PAGE), "Models")
    shown = texts(page)
    assert "300 simulated people" in shown
    assert "30 replicates, seed 1" in shown
    assert "taken from other simulated trials" in shown
    assert "cannot be used" in shown
    page.button(key="shelf.verify").click().run()
    assert f"demo: {words.VERIFIED}." in texts(page)
    assert "bad: not to be used." in texts(page)


def test_the_card_is_on_the_page_and_tells_what_it_is_for(open_page):
    page = tab(open_page(PAGE), "Model card")
    shown = texts(page)
    for part in ("Subgroups", "Validation", "Calibration and coverage", "Intended use", "Out of scope", "Limits"):
        assert part in shown
    assert "Model card: demo" in shown


def test_a_description_cannot_put_markdown_into_the_card():
    text = plain("![x](http://example.org/p.png)\n# <b>Big</b>")
    assert text == "\\!\\[x\\](http\\://example.org/p.png) \\# \\<b\\>Big\\</b\\>"


def test_a_card_is_read_back_in_short(demo_models):
    card = bestviz.load_model(demo_models / "demo").card()
    assert read_back(card).calibration == "taken from other simulated trials"
    assert read_back("").calibration == read_back("").value == "not known"
    line = "- Cross-fitted value: mean PEG 3.91 points at week 24, lower is better (learner additive)."
    assert read_back(line).value == "mean PEG 3.91 points at week 24, lower is better"


def test_without_a_model_the_demo_is_offered_and_data_can_be_checked(open_page, no_models):
    page = open_page(PAGE)
    assert "120 people" in texts(page)
    for name in ("Rules", "Fit", "Models", "Model card"):
        tab(page, name)
        assert not page.exception
