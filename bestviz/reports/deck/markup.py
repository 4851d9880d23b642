"""Slides as HTML: the same markup for the page that is presented and for the PDF."""

from __future__ import annotations

from bestviz.figures.theme import FONT, palette
from bestviz.reports.deck.slide import Slide, Table
from bestviz.reports.deck.wall import BESIDE, BODY, FIGURE, GAP, HEIGHT, SMALLEST, WIDTH
from bestviz.reports.html import Html, el, joined, listing

# UNIT: pixels on a screen, points in a PDF.
_STYLE = """
*{box-sizing:border-box}
html{background:GROUND;color:TEXT;font-family:FONTS}
body{margin:0}
.stage{position:relative;width:WIDEUNIT;height:HIGHUNIT;background:GROUND;overflow:hidden}
h2{position:absolute;left:LEFTUNIT;top:16UNIT;width:BROADUNIT;margin:0;font-size:28UNIT;line-height:1.5}
.body{position:absolute;left:LEFTUNIT;top:TOPUNIT;width:BROADUNIT;height:TALLUNIT;display:flex;gap:GAPUNIT}
.points{flex:1 1 0;margin:0;padding-left:24UNIT;font-size:24UNIT;line-height:1.3}
.points li{margin-bottom:10UNIT}
.beside .points{flex:0 0 BESIDE%;font-size:TYPEUNIT}
.figure{flex:1 1 0;min-width:0}
.figure img{width:100%;height:100%;display:block}
table{width:100%;border-collapse:collapse;font-size:TYPEUNIT;align-self:flex-start}
th,td{text-align:left;padding:4UNIT 10UNIT}
thead th{background:ACCENT;color:GROUND}
tbody tr:nth-child(odd){background:PANEL}
.small{position:absolute;left:LEFTUNIT;bottom:12UNIT;width:BROADUNIT;font-size:TYPEUNIT;line-height:1.2;color:MUTED;
margin:0}
.small strong{color:TEXT}
"""


def style(unit: str, dark: bool) -> str:
    """The style of slides in pixels or points."""
    colors = palette(dark)
    numbers = {
        "WIDE": WIDTH, "HIGH": HEIGHT, "LEFT": BODY[0], "TOP": BODY[1], "BROAD": FIGURE[0], "TALL": FIGURE[1],
        "GAP": GAP, "TYPE": SMALLEST, "BESIDE": round(100 * BESIDE),
    }  # fmt: skip
    text = _STYLE.replace("FONTS", FONT)
    for name, number in numbers.items():
        text = text.replace(f"{name}UNIT", f"{number}{unit}").replace(f"{name}%", f"{number}%")
    for name, color in {
        "GROUND": colors.background, "TEXT": colors.text, "MUTED": colors.muted, "ACCENT": colors.accent,
        "PANEL": colors.panel,
    }.items():  # fmt: skip
        text = text.replace(name, color)
    return text.replace("UNIT", unit)


def stage(slide: Slide, figure: Html) -> Html:
    """One slide: title, body, small print; `figure` stands where the slide has one."""
    beside = slide.build is not None and bool(slide.points)
    parts = [listing(slide.points, class_="points")]
    if slide.build is not None:
        parts.append(figure)
    elif slide.table is not None:
        parts.append(_table(slide.table, slide.title))
    body = el("div", *parts, class_="body beside" if beside else "body")
    return el("div", el("h2", slide.title), body, _small(slide), class_="stage")


def _small(slide: Slide) -> Html:
    if not slide.small_print:
        return Html("")
    note = [el("strong", slide.note), " "] if slide.note else []
    return el("p", *note, " ".join(slide.caption), class_="small")


def _table(table: Table, name: str) -> Html:
    head = el("tr", *(el("th", text, scope="col") for text in table.heads))
    rows = [el("tr", el("th", row[0], scope="row"), *(el("td", cell) for cell in row[1:])) for row in table.rows]
    return el("table", el("thead", head), el("tbody", joined(rows)), aria_label=name)
