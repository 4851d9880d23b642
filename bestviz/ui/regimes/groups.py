"""The same values for groups of people: with and without contraindications; and by sex, race and age."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from bestviz import wording
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_groups import CONTRAINDICATIONS, safe_grouping
from bestviz.advice.evaluation_text import UTILITY
from bestviz.advice.responders import FairnessRow
from bestviz.advice.responders.tables import group_sizes
from bestviz.cohort.suppression import Count
from bestviz.cohort.tables import protect_groups
from bestviz.figures.regimes.values import rows_of
from bestviz.regime.judging.regimes import AS_RANDOMISED, LEARNED
from bestviz.trial import COLUMNS, SINGLE_ARMS
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.markup import small_list_html
from bestviz.ui.regimes.asking import Question, evaluation_of, fairness_of, judge_of
from bestviz.ui.regimes.show import caption_of, weighed
from bestviz.ui.tables import numbers_html
from bestviz.wording import regimes as words

BY = ("sex", "race", "age")
KEY_BY = "regimes.by"
_PLACES = 2


def draw_groups(asked: Question) -> None:
    """Draw both tables; what the data do not tell is said."""
    st.subheader("With and without contraindications")
    _draw_contraindications(asked)
    st.subheader("By sex, race and age")
    people = asked.trial.participants
    offered = [name for name in BY if name in people and people[name].notna().any()]
    if absent := [wording.inside(COLUMNS[name].label) for name in BY if name not in offered]:
        st.info(words.no_columns(absent))
    if offered:
        by = st.segmented_control(
            "Groups by", offered, default=offered[0], required=True, format_func=lambda name: COLUMNS[name].label,
            key=KEY_BY, persist_state="session",
        )  # fmt: skip
        _draw_fairness(asked, str(by) if by in offered else offered[0])
    st.caption(f"{words.GROUPS_NOTE} {weighed(asked)}")


def _draw_contraindications(asked: Question) -> None:
    judge, groups = judge_of(asked), safe_grouping(asked.trial, CONTRAINDICATIONS)
    if groups is None:
        st.info(words.NO_CONTRAINDICATIONS)
    elif judge is None:
        st.info(words.WAIT)
    else:
        evaluation = evaluation_of(asked, judge, groups)
        table = by_group_table(evaluation, groups.order, asked.horizon)
        st.html(numbers_html(table, words.GROUP_VALUES, asked.trial.info.simulated))
        notes = [words.UTILITY_WORDS, words.GROUPS_NOTE]
        draw_downloads(None, table, "regimes-contraindications", caption_of(asked, words.GROUP_VALUES, notes))


def _draw_fairness(asked: Question, by: str) -> None:
    found = fairness_of(asked, (by,))
    judge, groups = judge_of(asked), safe_grouping(asked.trial, by)
    evaluation = None if judge is None or groups is None else evaluation_of(asked, judge, groups)
    sizes = group_sizes(found.rows)
    table = pd.DataFrame([_row(one, sizes, evaluation, asked.horizon) for one in found.rows])
    st.html(numbers_html(table, words.FAIRNESS, asked.trial.info.simulated))
    notes = [found.statement, *found.notes, words.FEW_NOTE]
    st.html(small_list_html(notes if evaluation is not None else [words.WAIT, *notes]))
    draw_downloads(None, table, f"regimes-groups-{by}", caption_of(asked, words.FAIRNESS, [*notes, words.GROUPS_NOTE]))


def by_group_table(evaluation: Evaluation, groups: tuple[str, ...], horizon: int | str) -> pd.DataFrame:
    """Utilities with intervals: a row a regime, a column a group."""
    columns = {group: rows_of(evaluation, UTILITY, horizon, subgroup=group) for group in groups}
    columns = {group: values for group, values in columns.items() if values}
    regimes = next(iter(columns.values()), {})
    return pd.DataFrame(
        [
            {"regime": words.name(regime)}
            | {
                f"{group}, {_people(evaluation, group)} people": words.estimate(
                    values[regime].value, values[regime].interval, _PLACES
                )
                for group, values in columns.items()
            }
            for regime in regimes
        ]
    )


def _people(evaluation: Evaluation, group: str) -> int:
    return evaluation.value(LEARNED, UTILITY, group).people


def _row(
    one: FairnessRow, sizes: Mapping[tuple[str, str], Count], evaluation: Evaluation | None, horizon: int | str
) -> dict[str, str]:
    """One group: how many, what is recommended, what the model expects of it, what it was worth."""
    counts = protect_groups({arm: round(share * one.people) for arm, share in one.recommended.items()})
    row = {"group": wording.sentence(one.group), "people": sizes[one.column, one.group].text}
    row |= {
        f"{arm} first, of 100": "few" if counts[arm].value is None else wording.count_100(one.recommended[arm])
        for arm in SINGLE_ARMS
        if arm in counts
    }
    row["model expects to gain"] = words.estimate(one.gain, one.gain_interval, _PLACES, signed=True)
    return row | _judged(one, evaluation, horizon)


def _judged(one: FairnessRow, evaluation: Evaluation | None, horizon: int | str) -> dict[str, str]:
    if evaluation is None:
        return {}
    group = one.group if one.column else None
    value = rows_of(evaluation, UTILITY, horizon, subgroup=group).get(LEARNED)
    gain = rows_of(evaluation, UTILITY, horizon, AS_RANDOMISED, group).get(LEARNED)
    texts = [
        "not shown" if each is None else words.estimate(each.value, each.interval, _PLACES, signed)
        for each, signed in ((value, False), (gain, True))
    ]
    return dict(zip(("value of the learned regime", "beyond as randomised"), texts, strict=True))
