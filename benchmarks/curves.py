"""The curves of agreement by questions as a small drawing: the same lines give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.markdown import number
from bestviz.figures.theme import FONT, palette
from bestviz.reports.html import Html, el
from bestviz.study.lines import Line

PLACE = "figures/elicitation.svg"  # beside the document
WIDTH, HEIGHT, LEFT, ACROSS, TOP, DOWN, GAP = 790, 320, 54, 210, 34, 210, 30
LOW, HIGH, TICKS = 40, 100, (40, 60, 80, 100)
QUESTIONS = (0, 3, 6, 9, 12)
SAID = {"full": "a ranking first", "none": "no ranking"}


@dataclass(frozen=True)
class Stroke:
    """How a curve is drawn."""

    color: str
    dash: str | None


def drawing(lines: Iterable[Line]) -> str:
    """A panel for each number of outcomes, as SVG; empty without curves."""
    curves = [line for line in lines if line.get("kind") == "curve"]
    sizes = sorted({line["outcomes"] for line in curves})
    if not sizes:
        return ""
    panels = [part for at, size in enumerate(sizes) for part in panel(at, [c for c in curves if c["outcomes"] == size])]
    parts = [
        el("title", "Agreement by the number of questions"),
        el("desc", says(curves)),
        el("rect", x=0, y=0, width=WIDTH, height=HEIGHT, fill=palette().background),
        *panels,
        *legend(),
    ]
    view, space = f"0 0 {WIDTH} {HEIGHT}", "http://www.w3.org/2000/svg"
    return str(el("svg", *parts, viewBox=view, role="img", font_family=FONT, xmlns=space)) + "\n"


def says(curves: Sequence[Line]) -> str:
    """What the drawing shows, for those who cannot see it."""
    parts = []
    for line in curves:
        before, after = (number(100 * line["same_arm"][at], 0) for at in (0, -1))
        who = f"{line['outcomes']} outcomes, {line['answers']} answers, {SAID[line['ranking']]}"
        parts.append(f"{who}: from {before} to {after} %")
    told = "; ".join(parts)
    return f"Percent with the same first arm as with the known weights, after 0 and 12 questions. {told}."


def panel(at: int, curves: Iterable[Line]) -> Iterator[Html]:
    """Axes and curves for one number of outcomes."""
    own = list(curves)
    left = LEFT + at * (ACROSS + GAP)
    yield text(left, TOP - 14, f"{own[0]['outcomes']} outcomes", anchor="start", strong=True)
    for tick in TICKS:
        y = height(tick)
        yield el("line", x1=left, y1=y, x2=left + ACROSS, y2=y, stroke=palette().grid)
        if at == 0:
            yield text(left - 6, y + 4, f"{tick} %", anchor="end")
    for tick in QUESTIONS:
        yield text(left + tick * ACROSS / 12, TOP + DOWN + 16, str(tick))
    yield text(left + ACROSS / 2, TOP + DOWN + 34, "questions")
    for line in own:
        places = [(left + asked * ACROSS / 12, height(100 * share)) for asked, share in enumerate(line["same_arm"])]
        stroke = stroke_of(line["answers"], line["ranking"])
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield el("polyline", points=points, fill="none", stroke=stroke.color, stroke_width=2.2,
                 stroke_dasharray=stroke.dash)  # fmt: skip


def legend() -> Iterator[Html]:
    """What the strokes mean."""
    y, x = TOP + DOWN + 62, LEFT
    for answers in ("careful", "careless"):
        for ranking, words in SAID.items():
            stroke = stroke_of(answers, ranking)
            yield el("line", x1=x, y1=y - 4, x2=x + 26, y2=y - 4, stroke=stroke.color, stroke_width=2.2,
                     stroke_dasharray=stroke.dash)  # fmt: skip
            yield text(x + 32, y, f"{answers}, {words}", anchor="start")
            x += 186


def stroke_of(answers: str, ranking: str) -> Stroke:
    color = palette().accent if answers == "careful" else palette().muted
    return Stroke(color, None if ranking == "full" else "6 4")


def height(percent: float) -> float:
    """Where a percentage is in a panel."""
    return round(TOP + DOWN * (1 - (max(percent, LOW) - LOW) / (HIGH - LOW)), 1)


def text(x: float, y: float, words: str, *, anchor: str = "middle", strong: bool = False) -> Html:
    color, weight = (palette().text, 600) if strong else (palette().muted, 400)
    place: dict[str, str | float] = {"x": round(x, 1), "y": round(y, 1), "text_anchor": anchor}
    return el("text", words, **place, font_size=12, font_weight=weight, fill=color)
