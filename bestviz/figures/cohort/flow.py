"""Participant flow of both stages, a column a first treatment, time running down; readable from 340 pixels of width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.flow import Branch, Flow
from bestviz.cohort.journeys import NO_CLASS
from bestviz.figures.cohort.parts import count, note
from bestviz.figures.theme import color_of, fade, new_figure, note_simulated, palette
from bestviz.trial import RESPONSE_CLASSES, arm_title
from bestviz.trial.schedule import PEG_WEEKS, PRIMARY_WEEK, SECOND_RANDOMISATION_WEEK
from bestviz.wording.cohort import STEPS

# Pixels; the vertical axis counts them from the top.
_HEAD, _CELL, _BOX, _GAP, _BELOW = 20, 22, 46, 10, 30
_HALF = 0.44  # of a column


def build_flow(*, flow: Flow, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the flow.

    Parameters
    ----------
    flow : Flow
        Published counts.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.
    """
    drawing = _Drawing(flow, dark)
    drawing.top(f"<b>{count(flow.total)} people randomised</b>")
    drawing.boxes("Week 0: first treatment", lambda one: f"<b>{one.arm}</b><br>{count(one.assigned)}")
    drawing.measured(week for week in PEG_WEEKS if week <= SECOND_RANDOMISATION_WEEK)
    drawing.boxes(f"Week {SECOND_RANDOMISATION_WEEK}: randomised again", lambda one: f"<b>{count(one.again)}</b>")
    drawing.cells("not randomised again", lambda one: [count(one.not_again)])
    for response in (*RESPONSE_CLASSES, NO_CLASS):
        if any(step[0] == response for one in flow.branches for step in one.steps):
            drawing.cells(_title(response), partial(_steps, response=response))
    drawing.measured(week for week in PEG_WEEKS if week > SECOND_RANDOMISATION_WEEK)
    figure = new_figure(height=int(drawing.y) + _BELOW, dark=dark)
    figure.add_traces(_hover(flow, drawing.first_row))
    figure.update_layout(
        shapes=drawing.lines() + drawing.shapes,
        annotations=drawing.notes,
        xaxis={"visible": False, "range": [-0.5, len(flow.branches) - 0.5]},
        yaxis={"visible": False, "range": [drawing.y, 0]},
        margin={"l": 4, "r": 4, "t": 0, "b": _BELOW},
        showlegend=False,
    )
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_flow(*, flow: Flow, simulated: bool) -> str:
    """Alternative text: the flow of each first treatment in words."""
    parts = []
    for one in flow.branches:
        steps = "; ".join(f"{' '.join(part for part in key if part)} {n.text}" for key, n in one.steps.items())
        parts.append(
            f"{arm_title(one.arm)}: {one.assigned.text} assigned, {one.again.text} randomised again ({steps}), "
            f"PEG at week {PRIMARY_WEEK} from {one.measured[PRIMARY_WEEK].text}."
        )
    tail = f" {wording.SIMULATED}." if simulated else ""
    return f"Participant flow. {flow.total.text} people randomised. {' '.join(parts)}{tail}"


def _title(response: str) -> str:
    if response == NO_CLASS:
        return NO_CLASS
    words = {
        "excellent": "continue",
        "good": "add one",
        "medium": "add one or switch (ESC: add one)",
        "poor": "switch (ESC: add one)",
    }
    return f"{response} response: {words[response]}"


def _steps(one: Branch, response: str) -> list[str]:
    found = {action: n for (name, action), n in one.steps.items() if name == response}
    if len(found) == 1:
        return [count(n) for n in found.values()]
    return [f"{count(n)} {STEPS[action]}" for action, n in found.items()]


def _measured(one: Branch, week: int) -> list[str]:
    return [count(one.measured[week])]


class _Drawing:
    """Boxes and numbers from top to bottom; `y` is where the next row starts, in pixels."""

    def __init__(self, flow: Flow, dark: bool) -> None:
        self.branches, self.dark, self.colors = flow.branches, dark, palette(dark)
        self.y: float = 0
        self.first_row: float = 0
        self.shapes: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []

    def top(self, text: str) -> None:
        """One box over all columns."""
        self._box(-0.5 + 0.06, len(self.branches) - 0.5 - 0.06, 34, self.colors.panel)
        self.notes.append(note(text, (len(self.branches) - 1) / 2, self.y + 17, font={"size": 14}))
        self.y += 34 + _GAP

    def boxes(self, title: str, text: Callable[[Branch], str]) -> None:
        """A randomisation: a box a column in the treatment's colour."""
        self._head(title, strong=True)
        self.first_row = self.first_row or self.y + _BOX / 2
        for place, one in enumerate(self.branches):
            color = color_of(one.arm, self.dark)
            self._box(place - _HALF, place + _HALF, _BOX, self.colors.background)
            self._box(place - _HALF, place + _HALF, _BOX, fade(color, 0.14))
            self._box(place - _HALF, place - _HALF + 0.05, _BOX, color)
            self.notes.append(note(text(one), place, self.y + _BOX / 2, font={"size": 14}))
        self.y += _BOX + _GAP

    def cells(self, title: str, lines: Callable[[Branch], list[str]]) -> None:
        """Numbers, one or more lines a column."""
        self._head(title)
        texts = [lines(one) for one in self.branches]
        height = _CELL * max(map(len, texts), default=1)
        for place, found in enumerate(texts):
            for line, text in enumerate(found):
                y = self.y + _CELL * (line + 0.5)
                self.notes.append(note(text, place, y, font={"size": 13}, bgcolor=self.colors.background, borderpad=1))
        self.y += height + _GAP / 2

    def measured(self, weeks: Iterable[int]) -> None:
        """How many have a PEG value, a row a week."""
        for week in weeks:
            self.cells(f"PEG measured at week {week}", partial(_measured, week=week))

    def lines(self) -> list[dict[str, Any]]:
        """A thin line down each column, behind everything."""
        return [
            {
                "type": "line", "x0": place, "x1": place, "y0": self.first_row, "y1": self.y - _GAP, "layer": "below",
                "line": {"color": fade(color_of(one.arm, self.dark), 0.45), "width": 2},
            }
            for place, one in enumerate(self.branches)
        ]  # fmt: skip

    def _head(self, text: str, strong: bool = False) -> None:
        # The background hides the lines behind the words.
        self.notes.append(
            note(
                f"<b>{text}</b>" if strong else text, -0.5 + 0.06, self.y + _HEAD / 2, xanchor="left", align="left",
                bgcolor=self.colors.background, borderpad=1,
                font={"size": 12, "color": self.colors.text if strong else self.colors.muted},
            )
        )  # fmt: skip
        self.y += _HEAD

    def _box(self, start: float, end: float, height: float, fill: str) -> None:
        self.shapes.append(
            {"type": "rect", "x0": start, "x1": end, "y0": self.y, "y1": self.y + height, "fillcolor": fill,
             "line": {"width": 0}, "layer": "below"}
        )  # fmt: skip


def _hover(flow: Flow, y: float) -> list[go.Scatter]:
    """A marker nobody sees a column, so that pointing at a box tells the treatment's name."""
    return [
        go.Scatter(
            x=[place],
            y=[y],
            name=one.arm,
            mode="markers",
            marker={"size": 40, "opacity": 0},
            hovertemplate=f"{arm_title(one.arm)}: {count(one.assigned)} assigned<extra></extra>",
        )
        for place, one in enumerate(flow.branches)
    ]
