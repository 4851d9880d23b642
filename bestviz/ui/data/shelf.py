"""The models on this machine beside each other: which to use on every page, and whether their files are sound."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from bestviz import wording
from bestviz.advice.kept_value import load_value
from bestviz.errors import ModelFileError
from bestviz.store import ModelEntry, list_models, verify_model
from bestviz.ui import models
from bestviz.ui.markup import list_html
from bestviz.ui.tables import table_html
from bestviz.wording import card
from bestviz.wording import data as words

_USE = "shelf.use"
_HEADS = ("Model", "Data", "Learner", "Intervals", "Cross-fitted value", "File")


def draw_shelf() -> None:
    """Draw the models as a table, the choice of the one in use, and the check of their files."""
    entries = list_models(models.models_folder())
    if not entries:
        st.info(words.NO_MODELS)
        return
    good, used = models.usable(), models.in_use()
    if good:
        names = [entry.name for entry in good]
        st.session_state[_USE] = used
        st.selectbox("Model in use on every page", names, key=_USE, on_change=_use, width=320)
    st.html(shelf_html(entries, used))
    if any((entry.manifest or {}).get("simulated") for entry in entries):
        st.caption(f"{wording.SIMULATED}, where the data are simulated.")
    st.caption(words.COMPARE_NOTE)
    if st.button("Verify all files", key="shelf.verify"):
        st.html(list_html(_verified(entry) for entry in entries))


def _use() -> None:
    models.use(st.session_state[_USE])


def _verified(entry: ModelEntry) -> str:
    try:
        verify_model(entry.folder)
    except ModelFileError as fault:
        return f"{entry.name}: not to be used. {fault}"
    return f"{entry.name}: {words.VERIFIED}."


def shelf_html(entries: list[ModelEntry], used: str | None) -> str:
    """The models as a table; `used` is the name of the one in use."""
    return table_html("Models on this machine", _HEADS, (_row(entry, entry.name == used) for entry in entries))


def _row(entry: ModelEntry, used: bool) -> list[str]:
    facts: Mapping[str, Any] = entry.manifest or {}
    if entry.problem:
        return [escape(entry.name), *["not known"] * 4, f"cannot be used<small>{escape(entry.problem)}</small>"]
    kind = "simulated people" if facts["simulated"] else "people"
    mark = "<small><strong>in use</strong></small>" if used else ""
    calibration = facts.get("calibration") if isinstance(facts.get("calibration"), dict) else None
    refits = f"{facts.get('replicates', '?')} replicates, seed {facts.get('seed', '?')}"
    return [
        f"{escape(entry.name)}{mark}<small>{escape(str(facts['created'])[:10])}</small>",
        f"{escape(facts['trained_on'])}<small>{facts['participants']:,} {kind}</small>",
        f"{escape(str(facts.get('learner', 'not known')))}<small>{escape(refits)}</small>",
        f"{card.calibrated(calibration)}<small>{card.covered(calibration)}</small>",
        _value(entry, facts),
        f"{facts['file']['size'] / 1e6:.1f} MB<small>digest {escape(str(facts.get('digest', '?')))}</small>",
    ]


def _value(entry: ModelEntry, facts: Mapping[str, Any]) -> str:
    kept = load_value(entry.folder, str(facts.get("digest")))
    if kept is None:
        return card.NOT_KNOWN
    value = card.cross_fitted(kept.value.estimate, kept.value.interval)
    return f"{value}<small>{card.gained(kept.gain.estimate, kept.gain.interval)}</small>"
