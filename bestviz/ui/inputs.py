"""Step 1, who: every input of the model in groups, with unit, range and norm; empty means not known."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from bestviz import wording
from bestviz.advice.patient import Patient
from bestviz.errors import InputError
from bestviz.trial import MEASURES
from bestviz.ui import state
from bestviz.ui.case import Case
from bestviz.ui.examples import EXAMPLES
from bestviz.ui.fields import Field, extras, grouped, offered

_FAULTS = "case.faults"
_OPENED = "case.opened"


def draw_who(inputs: Sequence[str]) -> None:
    """Open a case or an example, then the fields; `inputs` are the model's input names."""
    _draw_open(inputs)
    st.caption("Leave empty what is not known. Entries last while this page is open; a case file keeps them.")
    for place, (title, fields) in enumerate(grouped(offered(inputs)).items()):
        with st.expander(title, expanded=place == 0, key=f"group.{title}"):
            _draw_group(fields)


def _draw_open(inputs: Sequence[str]) -> None:
    with st.expander("Open a case, or start from an example", key="group.open"):
        st.file_uploader(
            "Case file (JSON)",
            type=["json"],
            key="case.file",
            on_change=_open_file,
            args=(tuple(inputs),),
            max_upload_size=1,
        )
        st.selectbox(
            "Example patient (made up)",
            list(EXAMPLES),
            index=None,
            placeholder="choose one",
            key="case.example",
            on_change=_open_example,
            args=(tuple(inputs),),
        )
        st.button("Clear everything", key="case.clear", on_click=_clear, args=(tuple(inputs),))
    for fault in st.session_state.get(_FAULTS, ()):
        st.error(f"The file was not opened, nothing has changed. {fault}")
    if opened := st.session_state.get(_OPENED):
        st.caption(opened)


def _open_file(inputs: tuple[str, ...]) -> None:
    upload = st.session_state.get("case.file")
    st.session_state[_FAULTS], st.session_state[_OPENED] = (), ""
    if upload is None:
        return
    try:
        state.put(Case.from_json(upload.getvalue(), extra_inputs=extras(inputs)), inputs)
    except InputError as fault:
        st.session_state[_FAULTS] = fault.messages
    else:
        st.session_state[_OPENED] = "Case opened."


def _open_example(inputs: tuple[str, ...]) -> None:
    chosen = st.session_state.get("case.example")
    st.session_state[_FAULTS] = ()
    if chosen:
        baseline = {name: value for name, value in EXAMPLES[chosen].items() if name in inputs}
        state.put(Case(patient=Patient(baseline=baseline)), inputs)
        st.session_state[_OPENED] = "Example patient, made up."


def _clear(inputs: tuple[str, ...]) -> None:
    state.put(Case(), inputs)
    st.session_state[_FAULTS], st.session_state[_OPENED], st.session_state["case.example"] = (), "", None


def _draw_group(fields: Sequence[Field]) -> None:
    for start in range(0, len(fields), 2):
        for column, field in zip(st.columns(2, wrap=False), fields[start : start + 2], strict=False):
            with column.container(gap=None):
                _draw_field(field)


def _draw_field(field: Field) -> None:
    key = state.key_input(field.name)
    st.session_state.setdefault(key, None)
    if field.kind == "yes or no":
        st.segmented_control(
            field.label, [True, False], format_func=lambda yes: "yes" if yes else "no", key=key, persist_state="session"
        )
    elif field.kind == "choice" and len(field.options) <= 2:
        st.segmented_control(field.label, field.options, format_func=wording.category, key=key, persist_state="session")
    elif field.kind == "choice":
        st.selectbox(
            field.label, field.options, index=None, format_func=wording.category, placeholder=wording.NOT_KNOWN,
            key=key, persist_state="session",
        )  # fmt: skip
    else:
        _draw_number(field, key)


def _draw_number(field: Field, key: str) -> None:
    kind = int if field.kind == "integer" else float
    value = st.number_input(
        field.label,
        min_value=None if field.minimum is None else kind(field.minimum),
        max_value=None if field.maximum is None else kind(field.maximum),
        value=None,
        step=kind(field.step),
        format="%d" if kind is int else f"%.{field.decimals}f",
        key=key,
        placeholder=wording.NOT_KNOWN,
        persist_state="session",
    )
    hint = wording.norm_hint(MEASURES[field.name], value) if field.name in MEASURES else ""
    if hint:
        st.caption(hint)
