"""Who gets what: first treatments under the model as it is, then both treatments under rules judged fairly."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from bestviz import wording
from bestviz.figures.regimes.paths import (
    build_firsts,
    build_paths,
    describe_firsts,
    describe_paths,
    firsts_table,
    paths_table,
)
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.regimes.asking import Question, assigned_of, judge_of, recommended_of
from bestviz.ui.regimes.show import caption_of, show
from bestviz.ui.tables import numbers_html
from bestviz.wording import regimes as words


def draw_assigned(asked: Question) -> None:
    """First treatments at once; both treatments when the regimes have been judged."""
    found, simulated = recommended_of(asked), asked.trial.info.simulated
    st.subheader("First treatments")
    show(
        asked, title="First treatments, recommended and as randomised", build=build_firsts, describe=describe_firsts,
        given={"recommended": found, "simulated": simulated}, table=firsts_table(found), name="firsts",
        notes=[words.FIRST_NOTE],
    )  # fmt: skip
    st.subheader("Nearly optimal alternatives")
    several = {"options": [words.options_line(one) for one in found.several]}
    table = pd.DataFrame(several | {"people": [people.text for people in found.several.values()]})
    st.html(numbers_html(table, f"{found.people} people, by how clear the best first treatment is", simulated))
    st.caption(wording.TOLD_APART)
    title = "Nearly optimal alternatives"
    draw_downloads(None, table, "regimes-alternatives", caption_of(asked, title, [wording.TOLD_APART]))
    st.subheader("Both treatments")
    _draw_both(asked, simulated)


def _draw_both(asked: Question, simulated: bool) -> None:
    judge = judge_of(asked)
    if judge is None:
        st.info(words.WAIT)
        return
    both = assigned_of(asked, judge)
    table = paths_table(both)
    note = words.FOLLOWED.format(followers=both.followers, people=both.people)
    for side, paths, title, name in zip(
        st.columns(2), (both.randomised, both.regime), ("As randomised", "Under the learned regime"),
        ("randomised", "regime"), strict=True,
    ):  # fmt: skip
        with side:
            st.markdown(f"**{title}**, of 100 people")
            figure = build_paths(paths=paths, simulated=simulated, dark=is_dark())
            alt = describe_paths(paths=paths, simulated=simulated)
            show_figure(figure, alt=alt, key=f"regimes.paths.{name}")
            whole = f"{title}, of 100 people, weeks 0 and 12"
            draw_downloads(
                partial(build_paths, paths=paths, simulated=simulated), table, f"regimes-paths-{name}",
                caption_of(asked, whole, [note, words.FEW_NOTE], alt),
            )  # fmt: skip
    st.caption(f"{note} {words.FEW_NOTE}")
    st.html(numbers_html(table, "Who gets what", simulated))
    st.caption(words.NOT_BY_TREATMENT)
