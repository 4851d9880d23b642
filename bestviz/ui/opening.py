"""Open a case: a saved file, an example, or one person of a BACPAC folder; or clear everything.

What is uploaded stays in the memory of the session: it is written nowhere, and no cache that sessions share holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.typing import UploadedFile

from bestviz.advice.patient import Patient
from bestviz.data.bacpac import MemoryFolder, list_people, read_person
from bestviz.errors import BestVizError, DataError, InputError
from bestviz.ui import state
from bestviz.ui.case import Case
from bestviz.ui.examples import EXAMPLES
from bestviz.ui.fields import extras
from bestviz.ui.markup import small_list_html

_FILE, _EXAMPLE, _FOLDER, _PERSON = "case.file", "case.example", "case.folder", "case.person"
_FAULTS, _OPENED, _NOTES, _PEOPLE = "case.faults", "case.opened", "case.notes", "case.people"


def draw_open(inputs: Sequence[str]) -> None:
    """Draw the ways to fill the case; `inputs` are the model's input names."""
    given = (tuple(inputs),)
    with st.expander("Open a case, or start from an example", key="group.open"):
        st.file_uploader(
            "Case file (JSON)", type=["json"], key=_FILE, on_change=_open_file, args=given, max_upload_size=1
        )
        st.selectbox(
            "Example patient (made up)", list(EXAMPLES), index=None, placeholder="choose one", key=_EXAMPLE,
            on_change=_open_example, args=given,
        )  # fmt: skip
        _draw_people(given)
        st.button("Clear everything", key="case.clear", on_click=_clear, args=given)
    for fault in st.session_state.get(_FAULTS, ()):
        st.error(fault)
    if opened := st.session_state.get(_OPENED):
        st.caption(opened)
    if notes := st.session_state.get(_NOTES):
        st.html(small_list_html(notes))


def _draw_people(given: tuple[tuple[str, ...]]) -> None:
    st.file_uploader(
        "BACPAC folder (tables DM, SC, QSMD or QS, FT, EX)",
        type=["csv", "parquet", "json", "xlsx"],  # the last is not read, but often lies beside the others
        key=_FOLDER,
        accept_multiple_files="directory",
        on_change=_list_people,
    )
    opened: _People | None = st.session_state.get(_PEOPLE)
    if opened:
        st.selectbox(
            f"Person ({len(opened.ids)} in {opened.folder})", opened.ids, index=None, placeholder="choose one",
            key=_PERSON, on_change="ignore",
        )  # fmt: skip
        st.button("Open this person", key="case.person.open", on_click=_open_person, args=given)


@dataclass(frozen=True)
class _People:
    """A folder in memory and who is in it, listed once."""

    folder: MemoryFolder = field(repr=False)
    ids: list[str] = field(repr=False)


def _done(opened: str = "", notes: Sequence[str] = ()) -> None:
    """Say what was opened, and draw the whole page again."""
    st.session_state[_OPENED], st.session_state[_FAULTS], st.session_state[_NOTES] = opened, (), notes
    st.rerun()


def _refuse(what: str, fault: BestVizError) -> None:
    """Say why something was not opened; nothing of the case has changed, nor what was opened before."""
    messages = fault.messages if isinstance(fault, InputError) else (str(fault),)
    st.session_state[_FAULTS] = [f"{what} was not opened, nothing has changed. {message}" for message in messages]


def _open_file(inputs: tuple[str, ...]) -> None:
    upload = st.session_state.get(_FILE)
    if upload is None:
        return
    try:
        state.put(Case.from_json(upload.getvalue(), extra_inputs=extras(inputs)), inputs)
    except InputError as fault:
        return _refuse("The file", fault)
    _done("Case opened.")


def _open_example(inputs: tuple[str, ...]) -> None:
    if chosen := st.session_state.get(_EXAMPLE):
        baseline = {name: value for name, value in EXAMPLES[chosen].items() if name in inputs}
        state.put(Case(patient=Patient(baseline=baseline)), inputs)
        _done("Example patient, made up.")


def _list_people() -> None:
    """List a folder when it comes; its files are read again only for the person who is opened."""
    st.session_state[_PEOPLE], st.session_state[_FAULTS] = None, ()
    files = [file for file in st.session_state.get(_FOLDER) or () if isinstance(file, UploadedFile)]
    if not files:
        return
    try:
        folder = MemoryFolder([(file.name, file.getvalue()) for file in files], _name_of(files))
        people = list_people(folder)
        if not people:
            raise DataError(f"There is nobody in the DM table of {str(folder)!r}.")
    except BestVizError as fault:
        return _refuse("The folder", fault)
    st.session_state[_PEOPLE] = _People(folder, people)


def _name_of(files: Sequence[UploadedFile]) -> str:
    """What the folder is called, where the browser tells."""
    folders = {file.name.replace("\\", "/").rpartition("/")[0] for file in files}
    return (folders.pop() if len(folders) == 1 else "") or "the files chosen"


def _open_person(inputs: tuple[str, ...]) -> None:
    person, opened = st.session_state.get(_PERSON), st.session_state[_PEOPLE]
    try:
        if not person:
            raise DataError("Choose a person first.")
        patient = Patient.from_person(read_person(opened.folder, person), extra_inputs=extras(inputs))
        state.put(Case(patient=patient), inputs)
    except BestVizError as fault:
        return _refuse("This person", fault)
    _done(f"{person} opened, as at week 0.", patient.notes)


def _clear(inputs: tuple[str, ...]) -> None:
    state.put(Case(), inputs)
    st.session_state[_EXAMPLE] = st.session_state[_PEOPLE] = None
    _done()
