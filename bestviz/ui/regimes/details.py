"""What stands behind the values, one part at a time: only the one that is open is worked out and drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from bestviz import wording
from bestviz.ui.markup import list_html
from bestviz.ui.regimes.asking import Question, question, told
from bestviz.ui.regimes.assigned import draw_assigned
from bestviz.ui.regimes.controls import DETAILS
from bestviz.ui.regimes.groups import draw_groups
from bestviz.ui.regimes.tradeoff import draw_tradeoff
from bestviz.ui.regimes.tree import draw_tree
from bestviz.wording import regimes as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial

KEY_PART = "regimes.part"


@st.fragment(key=DETAILS)
def draw_details(model: FittedModel, trial: Trial) -> None:
    """Draw the parts as tabs; another one opened draws these alone again."""
    asked = question(model, trial)
    for tab, draw in zip(st.tabs(list(PARTS), key=KEY_PART, on_change="rerun"), PARTS.values(), strict=True):
        if tab.open:
            with tab, told():
                draw(asked)


def _draw_definitions(asked: Question) -> None:
    del asked
    st.html(list_html(f"{words.defined(regime)}: {text}" for regime, text in words.DEFINITIONS.items()))
    for text in (words.UTILITY_WORDS, words.VALUE, words.NOT_BY_TREATMENT, words.DISCOVERY, wording.NATURAL_COURSE):
        st.write(text)


PARTS: dict[str, Callable[[Question], None]] = {
    "Who gets what": draw_assigned,
    "Trade-off": draw_tradeoff,
    "Readable tree": draw_tree,
    "Groups": draw_groups,
    "Definitions": _draw_definitions,
}
