"""The baseline table: characteristics at the start by first treatment."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from bestviz import wording
from bestviz.cohort.baseline import YES, Characteristic, baseline, baseline_table, mean_text, share_text
from bestviz.cohort.selection import Cohort
from bestviz.cohort.tables import ALL
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
        *(f"{'All' if arm == ALL else arm} (n\u00a0{sizes[arm].text})" for arm in groups),
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
    label = escape(words.characteristic(row.name))
    gap = "not shown" if row.difference is None else f"{row.difference:.2f}"
    levels = [YES] if YES in row.levels else list(row.levels)
    tail = _cells((gap, row.missing[ALL].text), heads[-2:], rows=max(len(levels), 1))
    if row.means:
        cells = _cells([mean_text(row.means[arm]) for arm in groups], heads)
        return _line(f"{label}<small>mean (SD)</small>", cells + tail)
    lines = []
    for place, level in enumerate(levels):
        cells = _cells([share_text(row.levels[level][arm], row.people[arm]) for arm in groups], heads)
        name = escape(wording.category(level))
        if place == 0:
            name = f"{label if level == YES else f'{label}: {name}'}<small>n (of 100)</small>"
        else:
            name = f'<span style="font-weight:400">&emsp;{name}</span>'
        lines.append(_line(name, cells if place else cells + tail))
    return "".join(lines)


def _cells(texts: Sequence[str], heads: Sequence[str], rows: int = 1) -> str:
    """Cells of a line; what holds for all levels of a characteristic spans their lines."""
    span = f' rowspan="{rows}"' if rows > 1 else ""
    return "".join(
        f'<td role="cell"{span} data-label="{escape(head)}"><span class="bv-ends">{escape(text)}</span></td>'
        for head, text in zip(heads, texts, strict=False)
    )


def _line(name: str, cells: str) -> str:
    return f'<tr role="row"><th scope="row" role="rowheader">{name}</th>{cells}</tr>'
