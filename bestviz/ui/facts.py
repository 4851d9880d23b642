"""What the current model is, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from bestviz import wording

_LABELS = {
    "name": "Name",
    "trained_on": "Data",
    "description": "Description",
    "participants": "Participants",
    "fitted": "Fitted",
    "replicates": "Bootstrap replicates",
    "learner": "Learner",
    "version": "BestViz version",
    "digest": "Digest",
}


def draw_facts(info: Mapping[str, Any]) -> None:
    """Draw the facts of `FittedModel.manifest()`; what it does not hold is left out."""
    rows = "".join(
        f"<dt>{label}</dt><dd>{escape(_short(key, info[key]))}</dd>" for key, label in _LABELS.items() if key in info
    )
    note = f"<p><strong>{wording.SIMULATED}</strong></p>" if info["simulated"] else ""
    st.html(f'<dl class="bv-facts">{rows}</dl>{note}')


def _short(key: str, value: Any) -> str:
    return f"{value}"[:10] if key == "fitted" else f"{value}"
