"""What every part of the page does with its result: the figure, its caption, the numbers as a table, the downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from bestviz import wording
from bestviz.cohort.selection import Cohort
from bestviz.figures.export import Caption
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.wording import cohort as words


def show(
    cohort: Cohort,
    *,
    title: str,
    build: Callable[..., go.Figure],
    describe: Callable[..., str],
    given: dict[str, Any],
    table: pd.DataFrame,
    name: str,
    notes: Sequence[str],
) -> None:
    """Show one figure with everything that goes with it.

    Parameters
    ----------
    cohort : Cohort
        Of whom.
    title : str
        What is shown; heading of the part and title of the files.
    build, describe : callable
        `build_*` and `describe_*` of a figure.
    given : dict
        Their arguments but for `simulated` and `dark`.
    table : DataFrame
        The numbers under the figure.
    name : str
        Name of the chart and of the files.
    notes : sequence of str
        What to know, the kind of interval first.
    """
    given = given | {"simulated": cohort.trial.info.simulated}
    alt = describe(**given)
    st.subheader(title)
    show_figure(build(**given, dark=is_dark()), alt=alt, key=f"cohort.{name}")
    st.caption(" ".join([*notes, words.arm_key(cohort.arms)]))
    with st.expander("The numbers", key=f"cohort.numbers.{name}", on_change="rerun") as numbers:
        if numbers.open:
            st.html(numbers_html(table, title, cohort.trial.info.simulated))
    draw_downloads(partial(build, **given), table, f"cohort-{name}", caption_of(cohort, title, notes, alt))


def caption_of(cohort: Cohort, title: str, notes: Sequence[str], alt: str = "") -> Caption:
    """What stands with the files: of whom, under which filters, which interval, which data."""
    info = cohort.trial.info
    lines = [
        f"{words.people_line(cohort)}. Filters: {words.filter_line(cohort.filters)}.",
        *notes,
        words.arm_key(cohort.arms),
        words.SMALL,
        f"Data: {info.name}.",
    ]
    lines += [f"{wording.SIMULATED}."] if info.simulated else []
    return Caption(title, tuple(dict.fromkeys(lines)), alt)


def numbers_html(table: pd.DataFrame, title: str, simulated: bool) -> str:
    """A table as semantic HTML; on a phone each row becomes a card."""
    heads = [wording.sentence(str(name).replace("_", " ")) for name in table.columns]
    top = "".join(f'<th scope="col" role="columnheader">{escape(head)}</th>' for head in heads)
    body = "".join(_row_html(row, heads) for row in table.itertuples(index=False))
    tail = f" {wording.SIMULATED}." if simulated else ""
    return (
        f'<table class="bv-table" role="table"><caption>{escape(title)}.{tail}</caption>'
        f'<thead role="rowgroup"><tr role="row">{top}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _row_html(row: tuple[Any, ...], heads: Sequence[str]) -> str:
    first, *rest = (_cell(value) for value in row)
    cells = "".join(
        f'<td role="cell" data-label="{escape(head)}">{value}</td>' for head, value in zip(heads[1:], rest, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{first}</th>{cells}</tr>'


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "not shown" if pd.isna(value) else f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(wording.category(str(value)))
