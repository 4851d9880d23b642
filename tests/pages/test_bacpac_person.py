"""A person of a BACPAC folder is opened as a patient; the files stay in memory."""

from pathlib import Path

import pytest

import bestviz
from bestviz.data import list_people, read_person
from bestviz.ui import state

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bacpac_sample"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("bacpac") / "small"
    return bestviz.write_trial(bestviz.simulate_trial(n=60, seed=3), path, format="bacpac")


@pytest.fixture
def page(recorded, open_page):
    return open_page("pages/patient.py")


def html(app):
    return " ".join(part.proto.body for part in app.get("html"))


def upload(page, files):
    """``files``: name -> content, in a folder called `mine`."""
    given = [(f"mine/{name}", content, "text/csv") for name, content in files.items()]
    return page.file_uploader(key="case.folder").set_value(given).run()


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".csv", ".json")}


def open_person(page, person):
    page.selectbox(key="case.person").set_value(person)
    return page.button(key="case.person.open").click().run()


def test_a_person_fills_the_case(page, recorded, folder):
    upload(page, files_of(folder))
    people = list_people(folder)
    assert page.selectbox(key="case.person").options == people
    assert page.selectbox(key="case.person").label == f"Person ({len(people)} in mine)"
    open_person(page, people[7])
    assert not page.exception
    assert not page.error
    record = read_person(folder, people[7])
    patient = recorded.asked[-1][0]
    assert patient.baseline["peg"] == record.measures[0]["peg"]
    assert page.number_input(key=state.key_input("age")).value == record.participant["age"]
    assert f"{people[7]} opened" in " ".join(caption.value for caption in page.caption)
    open_person(page, people[8])
    assert recorded.asked[-1][0].baseline["peg"] == read_person(folder, people[8]).measures[0]["peg"]


def test_the_folder_stays_at_hand_while_other_steps_are_open(page, recorded, folder):
    upload(page, files_of(folder))
    page.step(3).step(1)
    open_person(page, list_people(folder)[0])
    assert not page.exception
    assert "peg" in recorded.asked[-1][0].baseline
    page.button(key="case.clear").click().run()
    assert recorded.asked[-1][0].baseline == {}
    assert not [box for box in page.selectbox if box.key == "case.person"]


@pytest.mark.parametrize(
    ("files", "part"),
    [
        ({"notes.csv": b"a,b\n1,2\n"}, "'mine' is not a BACPAC folder"),
        ({"QSMD.csv": b"USUBJID\n"}, "There is no DM table"),
        ({"DM.csv": b""}, "DM.csv: The file is empty"),
        ({"DM.csv": b"USUBJID,AGE\n"}, "There is nobody in the DM table"),
        ({"DM.csv": b"a;b\n1;2\n"}, "not separated by commas"),
        ({"DM.parquet": b"PAR1 no"}, "cannot be read as Parquet"),
    ],
)
def test_a_folder_that_is_none_is_one_sentence(page, recorded, files, part):
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    upload(page, files)
    assert not page.exception
    assert [part in error.value for error in page.error] == [True]
    assert "nothing has changed" in page.error[0].value
    assert recorded.asked[-1][0].baseline == {"age": 58.0}


def test_who_cannot_be_advised_is_told_and_the_case_stays(page, recorded, folder):
    people = list_people(folder)
    lines = files_of(folder)["DM.csv"].decode().splitlines()
    at = lines[0].split(",").index("AGE")
    row = next(i for i, line in enumerate(lines) if people[2] in line)
    cells = lines[row].split(",")
    cells[at] = "16"
    lines[row] = ",".join(cells)
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    upload(page, files_of(folder) | {"DM.csv": "\n".join(lines).encode()})
    page.button(key="case.person.open").click().run()
    assert "Choose a person first" in page.error[0].value
    open_person(page, people[2])
    assert not page.exception
    assert ["under 18" in error.value for error in page.error] == [True]
    assert recorded.asked[-1][0].baseline == {"age": 58.0}
    open_person(page, people[3])
    assert not page.error


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the consortium's sample (../shared/data/bacpac_sample) is not here")
def test_people_of_the_sample_get_advice(page, recorded):
    upload(page, files_of(SAMPLE))
    people = list_people(SAMPLE)
    assert page.selectbox(key="case.person").options == people
    for person in people[::50]:
        open_person(page, person)
        assert not page.exception
        assert not page.error
        assert recorded.asked[-1][0].baseline["age"] >= 18
        assert "Windows-1252" in html(page)  # a note of the file
