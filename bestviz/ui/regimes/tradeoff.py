"""The trade-off of two outcomes that the reader chooses."""

from __future__ import annotations

import streamlit as st

from bestviz.advice.evaluation_reach import reachable_outcomes
from bestviz.figures.regimes.reach import build_reach, describe_reach, reach_table
from bestviz.trial import MEASURES
from bestviz.ui.regimes.asking import Question, draw_reach_work, judge_of
from bestviz.ui.regimes.show import show, weighed
from bestviz.wording import regimes as words

KEY_PAIR = ("regimes.pair.0", "regimes.pair.1")


def draw_tradeoff(asked: Question) -> None:
    """Draw the choice of two outcomes and which values regimes reach."""
    judge = judge_of(asked)
    if judge is None:
        st.info(words.WAIT)
        return
    offered = [code for code in reachable_outcomes(judge) if MEASURES[code].role != "burden"]
    if len(offered) < 2:
        st.info(words.NO_REACH)
        return
    chosen = []
    for side, key, label, start in zip(st.columns(2), KEY_PAIR, ("Across", "Up"), _pair(offered), strict=True):
        with side:
            at = offered.index(start)
            chosen.append(
                st.selectbox(
                    label, offered, at, format_func=lambda code: MEASURES[code].short, key=key, persist_state="session"
                )
            )
    if chosen[0] == chosen[1]:
        st.info("Choose two different outcomes.")
        return
    found = draw_reach_work(asked, judge, (str(chosen[0]), str(chosen[1])))
    if found is not None:
        show(
            asked, title=f"Trade-off of {MEASURES[found.outcomes[0]].short} and {MEASURES[found.outcomes[1]].short}",
            build=build_reach, describe=describe_reach,
            given={"reach": found, "simulated": asked.trial.info.simulated}, table=reach_table(found),
            name="trade-off", notes=[words.REACH_NOTE, weighed(asked)],
        )  # fmt: skip


def _pair(offered: list[str]) -> tuple[str, str]:
    """What is shown first: pain against sleep, where the data have both."""
    usual = [code for code in ("pain_intensity", "sleep_disturbance") if code in offered]
    first, second, *_ = dict.fromkeys([*usual, *offered])
    return first, second
