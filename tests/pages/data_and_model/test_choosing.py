"""Data chosen from folders or uploaded, checked, and every finding shown with how to mend it."""

import pytest

from bestviz.data import examine, validate, write_trial
from bestviz.data.problems import Problem
from bestviz.errors import DataError, InputError
from bestviz.ui.data import places, reading
from bestviz.ui.data.findings import findings_csv, matching
from bestviz.wording import data as words

PAGE = "pages/data_and_model.py"


def files_of(folder):
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def test_the_data_in_use_are_shown_with_what_they_hold(open_page):
    page = open_page(PAGE)
    assert "120 people" in page.texts()
    assert "0 errors" in page.texts()
    assert page.text_input(key="data.path").value.endswith("small")
    assert page.selectbox(key="data.found").options == ["broken", "forms", "small"]


def test_errors_are_listed_with_place_and_mending_and_forbid_the_fit(open_page):
    page = open_page(PAGE)
    page.text_input(key="data.path").input("broken").run()
    assert not page.exception
    assert "1 error" in page.error[0].value
    assert "The value must be a number, not &#x27;=99&#x27;." in page.texts()
    assert "Correct the cell, or empty it." in page.texts()
    page.part("Fit")
    assert "Choose data without errors first." in page.texts()
    assert not [button for button in page.button if button.key == "fit.start"]


def test_mended_files_are_read_again(open_page, root, trial, damage):
    write_trial(trial, root / "mended")
    good = (root / "mended" / "assessments.csv").read_bytes()
    damage(root / "mended")
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
    assert "120 people" in page.texts()


@pytest.mark.parametrize("form", ["small", "forms"])
def test_uploaded_files_are_read_in_memory(open_page, root, form):
    page = open_page(PAGE)
    page.file_uploader(key="data.files").set_value(
        [(name, content, "text/csv") for name, content in files_of(root / form)]
    ).run()
    assert not page.exception
    assert not page.error
    assert "120 people" in page.texts()
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


def test_a_mended_file_replaces_the_one_of_its_name(open_page, root):
    page = open_page(PAGE)
    broken = [(name, content, "text/csv") for name, content in files_of(root / "broken")]
    page.file_uploader(key="data.files").set_value(broken).run()
    assert "1 error" in page.error[0].value
    assert "Simulated data" in page.texts()
    mended = ("assessments.csv", (root / "small" / "assessments.csv").read_bytes(), "text/csv")
    page.file_uploader(key="data.files").set_value([*broken, mended]).run()
    assert not page.error
    assert "0 errors" in page.texts()


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
