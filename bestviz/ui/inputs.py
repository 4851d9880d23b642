"""Step 1, who: every input of the model in groups, with unit, range and norm; empty means not known.

Only the groups that are open are drawn; what was entered in the others stays in the session.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from bestviz import wording
from bestviz.trial import MEASURES
from bestviz.ui import state
from bestviz.ui.fields import Field, grouped, offered, remark
from bestviz.ui.markup import remark_html
from bestviz.ui.opening import draw_open
from bestviz.ui.parts import ANSWER, redraw

_ONE_LINE = 22  # characters of a label that fit into half the column, also on a phone


def draw_who(inputs: Sequence[str]) -> None:
    """Open a case or an example, then the fields; `inputs` are the model's input names."""
    draw_open(inputs)
    st.caption("Leave empty what is not known. Entries last while this page is open; a case file keeps them.")
    for place, (title, fields) in enumerate(grouped(offered(inputs)).items()):
        part = f"part.who.{place}"
        st.fragment(_draw_group, key=part)(title, fields, part, begins_open=place == 0)


def _draw_group(title: str, fields: Sequence[Field], part: str, *, begins_open: bool) -> None:
    with st.expander(title, expanded=begins_open, key=f"group.{title}", on_change="rerun") as group:
        if group.open:
            _draw_fields(fields, part)


def _draw_fields(fields: Sequence[Field], part: str) -> None:
    for start in range(0, len(fields), 2):
        pair = fields[start : start + 2]
        tall = any(len(field.label) > _ONE_LINE for field in pair)
        with st.container(key=f"{'tall' if tall else 'row'}.{pair[0].name}"):
            for column, field in zip(st.columns(2, wrap=False), pair, strict=False):
                with column.container(gap=None):
                    _draw_field(field, part)


def _draw_field(field: Field, part: str) -> None:
    key = state.key_input(field.name)
    st.session_state.setdefault(key, None)
    if field.kind == "yes or no":
        st.segmented_control(
            field.label, [True, False], format_func=lambda yes: "yes" if yes else "no", key=key, on_change=_changed,
            args=(field, part), persist_state="session",
        )  # fmt: skip
    elif field.kind == "choice" and len(field.options) <= 2:
        st.segmented_control(
            field.label, field.options, format_func=wording.category, key=key, on_change=_changed, args=(field, part),
            persist_state="session",
        )  # fmt: skip
    elif field.kind == "choice":
        st.selectbox(
            field.label, field.options, index=None, format_func=wording.category, placeholder=wording.NOT_KNOWN,
            key=key, on_change=_changed, args=(field, part), persist_state="session",
        )  # fmt: skip
    else:
        _draw_number(field, key, part)
    _draw_hints(field)


def _draw_number(field: Field, key: str, part: str) -> None:
    kind = int if field.kind == "integer" else float
    st.number_input(
        field.label,
        value=None,
        step=kind(field.step),
        format="%d" if kind is int else f"%.{field.decimals}f",
        key=key,
        placeholder=wording.NOT_KNOWN,
        on_change=_changed,
        args=(field, part),
        persist_state="session",
    )


def _hints(field: Field) -> tuple[str, str]:
    """What stands under a field: a remark on its value, and where the value stands in the population."""
    value = st.session_state.get(state.key_input(field.name))
    said = remark(field, value)
    measure = MEASURES.get(field.name)
    usual = "" if measure is None or field.kind == "yes or no" else wording.norm_hint(measure, value)
    return said, "" if field.beyond(value) else usual


def _draw_hints(field: Field) -> None:
    said, usual = st.session_state[_drawn(field)] = _hints(field)
    if said:
        st.html(remark_html(said))
    if usual:
        st.caption(usual)


def _changed(field: Field, part: str) -> None:
    """Draw the answer again, and the fields only where something else is to stand under this one."""
    parts = (ANSWER,) if _hints(field) == st.session_state.get(_drawn(field)) else (part, ANSWER)
    redraw(*parts)


def _drawn(field: Field) -> str:
    return f"hints.{field.name}"
