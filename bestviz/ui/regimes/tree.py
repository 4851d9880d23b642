"""The readable tree of both stages, what it costs and how firm it is."""

from __future__ import annotations

import streamlit as st

from bestviz.ui.markup import small_list_html
from bestviz.ui.regimes.asking import Question, draw_tree_work, judge_of
from bestviz.ui.regimes.show import weighed
from bestviz.ui.regimes.tree_markup import STYLE, rule_html
from bestviz.wording import regimes as words


def draw_tree(asked: Question) -> None:
    """Draw the rule of each stage."""
    st.write(words.TREE_CERTAIN)
    judge = judge_of(asked)
    if judge is None:
        st.info(words.WAIT)
        return
    tree = draw_tree_work(asked, judge)
    if tree is None:
        return
    st.write(words.cost(tree.cost.value, tree.cost.interval))
    for title, rule in (("Which treatment first", tree.first), ("What then, at week 12", tree.second)):
        st.subheader(title)
        st.html(STYLE + rule_html(rule, title, asked.trial.info.simulated))
        firm = rule.stability
        st.html(
            small_list_html(
                [words.stability(firm.same_root, firm.same_option, firm.replicates), words.roots(rule.asked_first)]
            )
        )
    st.caption(weighed(asked))
