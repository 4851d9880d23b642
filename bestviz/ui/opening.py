"""Open a case: a saved file, a FHIR file, a typical patient, or one person of a BACPAC folder; or clear everything.

What is uploaded stays in the memory of the session: it is written nowhere, and no cache that sessions share holds it.
Only the typical patients are shared: they belong to the model and describe nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.typing import UploadedFile

from bestviz import wording
from bestviz.advice.archetypes import FEWEST, Representative, representatives
from bestviz.advice.patient import Patient
from bestviz.data.bacpac import MemoryFolder, list_people, read_person
from bestviz.data.fhir import looks_like_fhir, read_fhir
from bestviz.errors import BestVizError, DataError, InputError, PatientError
from bestviz.ui import models, state
from bestviz.ui.case import Case
from bestviz.ui.fields import extras
from bestviz.ui.markup import small_list_html
from bestviz.wording.archetypes import typical_of

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_FILE, _FOLDER, _PERSON = "case.file", "case.folder", "case.person"
_FAULTS, _OPENED, _PEOPLE, _COUNT = "case.faults", "case.opened", "case.people", "case.count"
_LARGEST = 5  # MB
_LISTED = 30  # of what was not understood


@dataclass(frozen=True)
class _Opened:
    """What the reader is told about what was opened."""

    what: str = ""
    notes: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()


@st.fragment
def draw_open(inputs: Sequence[str]) -> None:
    """Draw the ways to fill the case, once they are unfolded; `inputs` are the model's input names."""
    with st.expander("Open a case, or start from an example", key="group.open", on_change="rerun") as ways:
        if ways.open:
            _draw_ways((tuple(inputs),))
    # One place for all that may be said: were the fields below it to move, the browser would make them anew, and some
    # would then send the value of the case before while they show that of the new one.
    with st.container(key="case.said"):
        for fault in st.session_state.get(_FAULTS, ()):
            st.error(fault)
        _draw_opened(st.session_state.get(_OPENED, _Opened()))


def _draw_ways(given: tuple[tuple[str, ...]]) -> None:
    st.file_uploader(
        "Case file, patient file or FHIR R4 (JSON)", type=["json", "xml"],  # XML is refused with the way out
        key=_key_file(), on_change=_open_file, args=given, max_upload_size=_LARGEST,
    )  # fmt: skip
    # The browser itself turns away what is too large, and says so in red only.
    st.caption(f"At most {_LARGEST} MB. A file marked in red was not opened: it is too large or of another type.")
    _draw_people(given)
    _draw_examples(given)
    st.button("Clear everything", key="case.clear", on_click=_clear, args=given)


def _draw_opened(opened: _Opened) -> None:
    if opened.what:
        st.caption(opened.what)
    if opened.notes:
        st.html(small_list_html(opened.notes))
    if left := opened.not_understood:
        with st.expander(f"Not understood, so not used: {len(left)}", key="group.not_understood"):
            more = [f"and {len(left) - _LISTED} more"] if len(left) > _LISTED else []
            st.html(small_list_html([*left[:_LISTED], *more]))


def _draw_examples(given: tuple[tuple[str, ...]]) -> None:
    model, facts = models.current(), models.facts()
    if model is None or facts is None:
        return
    found = _typical(model.digest, model)
    st.markdown("**Typical patients of the data**")
    if not found:
        st.caption(f"The data are too few for typical patients: a group needs {FEWEST} people or more.")
        return
    st.caption(
        "Groups of similar participants: means and most frequent answers at week 0, nobody's own record."
        + (f" {wording.SIMULATED}." if facts["simulated"] else "")
    )
    for place, one in enumerate(found):
        people = wording.sentence(typical_of(one.people, facts["simulated"]))
        with st.container(gap=None):
            st.button(
                one.name, key=f"case.example.{place}", on_click=_open_example, args=(one, people, *given),
                width="stretch",
            )  # fmt: skip
            st.caption(f"{people}. {one.text}.")


@st.cache_resource(show_spinner=False, max_entries=8)
def _typical(digest: str, _model: FittedModel) -> tuple[Representative, ...]:
    """Found once a model, for all sessions: they describe groups, and nobody's case is in them."""
    del digest
    return representatives(_model)


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


def _key_file() -> str:
    """Key of the uploader: a new one once something was opened, as browsers do not tell of the same file again."""
    return f"{_FILE}.{st.session_state.get(_COUNT, 0)}"


def _done(opened: _Opened) -> None:
    """Say what was opened, and draw the whole page again."""
    st.session_state[_COUNT] = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_OPENED], st.session_state[_FAULTS] = opened, ()
    st.rerun()


def _refuse(what: str, fault: BestVizError) -> None:
    """Say why something was not opened; nothing of the case has changed, nor what was opened before."""
    messages = fault.messages if isinstance(fault, InputError) else (str(fault),)
    st.session_state[_FAULTS] = [f"{what} was not opened, nothing has changed. {message}" for message in messages]


def _open_file(inputs: tuple[str, ...]) -> None:
    upload = st.session_state.get(_key_file())
    if upload is None:
        return
    content = upload.getvalue()
    try:
        opened = _open_fhir(content, inputs) if looks_like_fhir(content) else _open_case(content, inputs)
    except InputError as fault:
        return _refuse("The file", fault)
    _done(opened)


def _open_case(content: bytes, inputs: tuple[str, ...]) -> _Opened:
    state.put(Case.from_json(content, extra_inputs=extras(inputs)), inputs)
    return _Opened("Case opened.")


def _open_fhir(content: bytes, inputs: tuple[str, ...]) -> _Opened:
    record = read_fhir(content)
    if not record.baseline:
        listed = "; ".join((*record.notes, *record.not_understood)[:5])
        raise PatientError(f"FHIR file: no input was found in it. What was seen: {listed or 'nothing'}.")
    state.put(Case(patient=Patient(baseline=record.baseline)), inputs)
    used = f"FHIR file opened, as at week 0: {len(record.baseline)} inputs found. Check them."
    return _Opened(used, record.notes, record.not_understood)


def _open_example(example: Representative, people: str, inputs: tuple[str, ...]) -> None:
    baseline = {name: value for name, value in example.baseline.items() if name in inputs}
    state.put(Case(patient=Patient(baseline=baseline, extra_inputs=extras(inputs))), inputs)
    _done(_Opened(f"{example.name}. {people}; nobody's own record."))


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
    _done(_Opened(f"{person} opened, as at week 0.", patient.notes))


def _clear(inputs: tuple[str, ...]) -> None:
    state.put(Case(), inputs)
    st.session_state[_PEOPLE] = None
    _done(_Opened())
