"""Small vector figures for paper: the course of one outcome, and blocks of 100 people, as the theme draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from bestviz.figures.theme import LIGHT, look
from bestviz.reports.html import Html, el
from bestviz.trial import Measure

_DASHES = {"solid": None, "dot": "1.5 3", "dash": "7 4", "dashdot": "8 3 2 3"}
_ACROSS, _STEP = 20, 10  # people a row, from one to the next
Rows = Sequence[Mapping[str, Any]]

# The course: size of the drawing and of the field inside it.
_WIDTH, _HEIGHT = 420, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 410, 8, 196
_DODGE = 5.0  # between plans, so that tied plans stay visible side by side


def people_svg(improved: int, arm: str) -> Html:
    """100 people in rows of 20: the first `improved` filled in the arm's colour and shape, the others hollow."""
    style = look(arm)
    people = [
        _outline(style.symbol, _STEP * (i % _ACROSS + 0.5), _STEP * (i // _ACROSS + 0.5), 3.6) for i in range(100)
    ]
    filled, hollow = " ".join(people[:improved]), " ".join(people[improved:])
    marks = [  # two paths, not a hundred: ten times as fast to draw
        el("path", d=filled, fill=style.color, stroke=style.edge, stroke_width=0.8) if filled else "",
        el("path", d=hollow, fill="none", stroke=_HOLLOW, stroke_width=0.8) if hollow else "",
    ]
    title = el("title", f"{improved} of 100 marks are filled")
    return el("svg", title, *marks, viewBox="0 0 200 50", role="img", class_="people", xmlns=_NAMESPACE)


def swatch_svg(arm: str) -> Html:
    """A piece of an arm's line with its marker, for a legend."""
    style = look(arm)
    line = el("line", x1=0, y1=6, x2=40, y2=6, stroke=style.color, stroke_width=2.5, stroke_dasharray=_dash(arm))
    mark = _mark(style.symbol, 20, 6, 4.5, fill=style.color, stroke=style.edge)
    return el("svg", el("title", "line of"), line, mark, viewBox="0 0 40 12", class_="swatch", xmlns=_NAMESPACE)


def course_svg(plans: Mapping[str, Rows], measure: Measure, *, vary: str, title: str, start: float | None) -> Html:
    """The expected course of one outcome.

    Parameters
    ----------
    plans : mapping of str to rows
        Arm -> rows of `trajectories` in the order of weeks, in the measure's unit.
    measure : Measure
        The outcome; its instrument is the height of the drawing.
    vary : str
        The arm whose people-vary band (80 % of people) is shaded.
    title : str
        What the figure says, for those who cannot see it.
    start : float or None
        The value at week 0, from which a meaningful change is drawn; None draws none.
    """
    weeks = sorted({row["week"] for rows in plans.values() for row in rows})
    scale = _Scale(weeks[0], weeks[-1], measure.minimum, measure.maximum)
    parts = [el("title", title), *_axes(scale, weeks, measure)]
    if vary in plans:
        parts.append(_band(plans[vary], vary, scale))
    parts += _goal(start, measure, scale)
    for place, (arm, rows) in enumerate(plans.items()):
        parts += _course(rows, arm, scale, _DODGE * (place - (len(plans) - 1) / 2))
    return el("svg", *parts, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", role="img", class_="course", xmlns=_NAMESPACE)


class _Scale:
    """From weeks and values to places in the drawing."""

    def __init__(self, first: float, last: float, low: float, high: float) -> None:
        self.first, self.span = first, max(last - first, 1)
        self.low, self.reach = low, high - low

    def x(self, week: float) -> float:
        return _LEFT + 10 + (week - self.first) / self.span * (_RIGHT - _LEFT - 20)

    def y(self, value: float) -> float:
        return _BOTTOM - (value - self.low) / self.reach * (_BOTTOM - _TOP)


def _axes(scale: _Scale, weeks: Sequence[int], measure: Measure) -> list[Html]:
    step = (measure.maximum - measure.minimum) / 5
    values = [measure.minimum + step * i for i in range(6)]
    rules = [_line(_LEFT, scale.y(v), _RIGHT, scale.y(v), stroke=LIGHT.grid) for v in values]
    left = [_text(_LEFT - 6, scale.y(v) + 4, f"{v:g}", anchor="end") for v in values]
    below = [_text(scale.x(week), _BOTTOM + 15, f"{week}") for week in weeks]
    return [*rules, *left, *below, _text((_LEFT + _RIGHT) / 2, _BOTTOM + 30, "weeks since the start")]


def _band(rows: Rows, arm: str, scale: _Scale) -> Html:
    low = [f"{scale.x(r['week']):.1f},{scale.y(r['person_interval'][0]):.1f}" for r in rows]
    high = [f"{scale.x(r['week']):.1f},{scale.y(r['person_interval'][1]):.1f}" for r in rows]
    color = look(arm).color
    return el(
        "polygon", points=" ".join([*low, *reversed(high)]), fill=color, fill_opacity=0.13, stroke=color,
        stroke_opacity=0.5, stroke_dasharray="1.5 3", stroke_width=0.8,
    )  # fmt: skip


def _goal(start: float | None, measure: Measure, scale: _Scale) -> list[Html]:
    """The line of a meaningful change since week 0."""
    goal = None if start is None else start + measure.sign * measure.meaningful_change
    if goal is None or not measure.minimum <= goal <= measure.maximum:
        return []
    return [_line(_LEFT, scale.y(goal), _RIGHT, scale.y(goal), stroke=LIGHT.text, width=1.2, dash="12 5")]


def _course(rows: Rows, arm: str, scale: _Scale, shift: float) -> list[Html]:
    style = look(arm)
    places = [(scale.x(r["week"]) + (shift if i else 0), scale.y(r["mean"])) for i, r in enumerate(rows)]
    bars = [
        _line(x, scale.y(r["mean_interval"][0]), x, scale.y(r["mean_interval"][1]), stroke=style.color, width=1.6)
        for (x, _), r in zip(places, rows, strict=True)
    ]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = el("polyline", points=points, fill="none", stroke=style.color, stroke_width=2.2, stroke_dasharray=_dash(arm))
    return [*bars, line, *(_mark(style.symbol, x, y, 4.2, fill=style.color, stroke=style.edge) for x, y in places)]


def _dash(arm: str) -> str | None:
    return _DASHES[look(arm).dash]


def _line(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1, dash: str | None = None
) -> Html:
    return el("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, stroke_dasharray=dash)


def _text(x: float, y: float, text: str, *, anchor: str = "middle") -> Html:
    return el("text", text, x=x, y=y, text_anchor=anchor, font_size=12, fill=LIGHT.muted)


def _mark(symbol: str, x: float, y: float, size: float, **paint: str) -> Html:
    return el("path", d=_outline(symbol, x, y, size), stroke_width=0.8, **paint)


def _outline(symbol: str, x: float, y: float, size: float) -> str:
    """The outline of a marker of the theme as a path."""
    if symbol == "circle":
        return _circle(x, y, 0.95 * size)
    corners = " ".join(f"{x + size * dx:.2f},{y + size * dy:.2f}" for dx, dy in _CORNERS[symbol])
    return f"M{corners}z"


def _circle(x: float, y: float, r: float) -> str:
    """Four curves: arcs come out with corners in some readers."""
    k = 0.5523 * r
    turns = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))
    path = f"M{x + r:.2f},{y:.2f}"
    for (ax, ay), (bx, by) in pairwise(turns):
        ends = ((r * ax + k * bx, r * ay + k * by), (r * bx + k * ax, r * by + k * ay), (r * bx, r * by))
        path += "C" + " ".join(f"{x + dx:.2f},{y + dy:.2f}" for dx, dy in ends)
    return f"{path}z"


_CORNERS = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": ((0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)),
    "triangle-up": ((0, -1.1), (1.1, 0.85), (-1.1, 0.85)),
}
_NAMESPACE = "http://www.w3.org/2000/svg"
_HOLLOW = "#8A949D"
