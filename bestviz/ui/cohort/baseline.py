"""The baseline table: characteristics at the start by first treatment."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from bestviz import wording
from bestviz.cohort.baseline import YES, Characteristic, baseline, baseline_table, mean_text, share_text
from bestviz.cohort.selection import Cohort
from bestviz.cohort.suppression import ALL
from bestviz.ui.cohort.show import caption_of
from bestviz.ui.downloads import draw_downloads
from bestviz.wording import cohort as words

_TITLE = "Characteristics at week 0 by first treatment"


def draw_baseline(cohort: Cohort) -> None:
    """Draw the table and its download."""
    rows = baseline(cohort)
    if not rows:
        st.info(words.no_data("characteristics at the start"))
        return
    labels = {row.name: words.characteristic(row.name) for row in rows}
    notes = [words.BASELINE, words.SMALL]
    st.subheader(_TITLE)
    st.html(baseline_html(rows, cohort))
    st.caption(" ".join([*notes, words.arm_key(cohort.arms)]))
    draw_downloads(None, baseline_table(rows, labels), "cohort-baseline", caption_of(cohort, _TITLE, notes))


def baseline_html(rows: Sequence[Characteristic], cohort: Cohort) -> str:
    """The table as semantic HTML; a yes/no characteristic takes one line, another category one line a level."""
    groups = (ALL, *cohort.arms)
    sizes = rows[0].people
    heads = [
        *(f"{'All' if arm == ALL else arm} (n {sizes[arm].text})" for arm in groups),
        "Standardised difference",
        "Not known",
    ]
    top = "".join(f'<th scope="col" role="columnheader">{escape(head)}</th>' for head in ("Characteristic", *heads))
    body = "".join(_lines(row, groups, heads) for row in rows)
    tail = f" {wording.SIMULATED}." if cohort.trial.info.simulated else ""
    return (
        f'<table class="bv-table" role="table"><caption>{_TITLE}.{tail}</caption>'
        f'<thead role="rowgroup"><tr role="row">{top}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _lines(row: Characteristic, groups: Sequence[str], heads: Sequence[str]) -> str:
    label = words.characteristic(row.name)
    gap = "not shown" if row.difference is None else f"{row.difference:.2f}"
    tail = [gap, row.missing[ALL].text]
    if row.means:
        return _line(
            f"{escape(label)}<small>mean (SD)</small>", [mean_text(row.means[arm]) for arm in groups] + tail, heads
        )
    levels = [YES] if YES in row.levels else list(row.levels)
    lines = []
    for place, level in enumerate(levels):
        cells = [share_text(row.levels[level][arm], row.people[arm]) for arm in groups]
        name = f"{escape(label)}<small>n (of 100)</small>" if level == YES else _level(label, level, first=place == 0)
        lines.append(_line(name, cells + (tail if place == 0 else ["", ""]), heads))
    return "".join(lines)


def _level(label: str, level: str, first: bool) -> str:
    words_of = escape(wording.category(level))
    return f"{escape(label)}: {words_of}<small>n (of 100)</small>" if first else f"&emsp;{words_of}"


def _line(name: str, cells: Sequence[str], heads: Sequence[str]) -> str:
    data = "".join(
        f'<td role="cell" data-label="{escape(head)}">{escape(cell)}</td>'
        for head, cell in zip(heads, cells, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{name}</th>{data}</tr>'
