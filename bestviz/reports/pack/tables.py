"""Tables of a pack as HTML: one page each, semantic, to be opened in a browser or pasted into a text."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from bestviz import wording
from bestviz.figures.export import Caption
from bestviz.reports.html import el, joined, paragraphs

_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:1.5rem;color:#0B141B}caption{text-align:left;font-weight:600;"
    "padding-bottom:.5rem}table{border-collapse:collapse;font-size:.875rem}th,td{text-align:left;padding:.3rem .75rem "
    ".3rem 0;border-bottom:1px solid #E3E8EC;vertical-align:top}p{margin:.25rem 0;color:#55626E;max-width:60rem}"
)


def table_page(table: pd.DataFrame, caption: Caption) -> bytes:
    """A table with its caption as one HTML page."""
    heads = el("tr", *(el("th", _head(name), scope="col") for name in table.columns))
    rows = [
        el("tr", el("th", _cell(first), scope="row"), *(el("td", _cell(value)) for value in rest))
        for first, *rest in table.itertuples(index=False)
    ]
    whole = el("table", el("caption", caption.title), el("thead", heads), el("tbody", *rows))
    page = el(
        "html",
        el("head", el("meta", charset="utf-8"), el("title", caption.title), el("style", _STYLE)),
        el("body", whole, paragraphs(*caption.notes)),
        lang="en",
    )
    return joined([page]).join(["<!doctype html>\n", "\n"]).encode()


def _head(name: Hashable) -> str:
    return wording.sentence(str(name).replace("_", " "))


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "not shown"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return wording.category(str(value))
