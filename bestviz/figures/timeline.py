"""The trial in one figure: two randomised periods, the response rule between them, and what is measured when."""

from __future__ import annotations

import textwrap

import plotly.graph_objects as go

from bestviz.figures.theme import Palette, color_of, fade, new_figure, palette
from bestviz.trial import RESPONSE_CLASSES, TREATMENTS
from bestviz.trial.schedule import (
    BASELINE_WEEK,
    FOLLOW_UP_WEEK,
    PEG_WEEKS,
    PRIMARY_WEEK,
    SECOND_RANDOMISATION_WEEK,
    VISIT_WEEKS,
)
from bestviz.trial.sequences import permitted_actions

_RUN_IN = -2
_STEPS = {"continue": "continue", "augment": "add one", "switch": "switch"}


def build_timeline(*, dark: bool = False) -> go.Figure:
    """Draw the trial: time runs from left to right in weeks; readable from 340 pixels of width."""
    colors = palette(dark)
    figure = new_figure(height=440, dark=dark)
    _draw_periods(figure, colors)
    _draw_treatments(figure, dark)
    _draw_responses(figure, colors)
    _draw_measurements(figure, colors)
    weeks = [BASELINE_WEEK, *PEG_WEEKS[1:]]
    words = [f"week {week}" if week == BASELINE_WEEK else str(week) for week in weeks]
    figure.update_xaxes(range=[_RUN_IN - 0.3, FOLLOW_UP_WEEK + 1.2], tickvals=weeks, ticktext=words, showgrid=False)
    figure.update_yaxes(visible=False, range=[-1.6, 5.6])
    figure.update_layout(showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 28})
    return figure


def describe_timeline() -> str:
    """Alternative text: the trial in a few sentences."""
    rules = "; ".join(f"{response}: {_rule(response, 'ACT')}" for response in RESPONSE_CLASSES)
    return (
        f"The trial over {FOLLOW_UP_WEEK} weeks. Week {BASELINE_WEEK}: random choice among the treatments a person "
        f"can have: {', '.join(t.name for t in TREATMENTS.values())}. "
        f"Week {SECOND_RANDOMISATION_WEEK}: response class, then a second random choice: {rules}. "
        "After enhanced self-care a treatment is added unless the response is excellent. "
        f"Week {PRIMARY_WEEK}: primary time point. Week {FOLLOW_UP_WEEK}: follow-up. "
        f"PEG at weeks {', '.join(map(str, PEG_WEEKS))}; full visits at weeks {', '.join(map(str, VISIT_WEEKS))}."
    )


def _rule(response: str, first: str) -> str:
    return " or ".join(_STEPS[action] for action in permitted_actions(first, response))  # type: ignore[arg-type]


def _text(figure: go.Figure, x: float, y: float, text: str, size: int = 12, color: str | None = None) -> None:
    font = {"size": size} | ({"color": color} if color else {})
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, font=font, align="center")


def _draw_periods(figure: go.Figure, colors: Palette) -> None:
    periods = (
        (BASELINE_WEEK, SECOND_RANDOMISATION_WEEK, "<b>First<br>period</b>"),
        (SECOND_RANDOMISATION_WEEK, PRIMARY_WEEK, "<b>Second<br>period</b>"),
        (PRIMARY_WEEK, FOLLOW_UP_WEEK, "<b>Follow-up</b>"),
    )
    height = {"type": "rect", "y0": 4.6, "y1": 5.5, "line": {"width": 0}}
    figure.add_shape(x0=_RUN_IN, x1=BASELINE_WEEK, fillcolor=colors.panel, **height)
    for start, end, title in periods:
        fill = colors.panel if end == FOLLOW_UP_WEEK else fade(colors.accent, 0.16)
        figure.add_shape(x0=start + 0.1, x1=end - 0.1, fillcolor=fill, **height)
        _text(figure, (start + end) / 2, 5.05, title, 13)
    for week in (BASELINE_WEEK, SECOND_RANDOMISATION_WEEK):
        line = {"color": colors.accent, "width": 2}
        figure.add_shape(type="line", x0=week, x1=week, y0=-0.1, y1=5.5, line=line)
    line = {"color": colors.muted, "width": 1.5, "dash": "dot"}
    figure.add_shape(type="line", x0=PRIMARY_WEEK, x1=PRIMARY_WEEK, y0=-0.1, y1=5.5, line=line)


def _draw_treatments(figure: go.Figure, dark: bool) -> None:
    for place, treatment in enumerate(TREATMENTS.values()):
        _draw_box(figure, BASELINE_WEEK, 3.55 - place, _wrap(treatment.title), color_of(treatment.code, dark))


def _draw_responses(figure: go.Figure, colors: Palette) -> None:
    for place, response in enumerate(RESPONSE_CLASSES):
        text = f"<b>{response}</b><br>{_rule(response, 'ACT')}"
        _draw_box(figure, SECOND_RANDOMISATION_WEEK, 3.55 - place, text, colors.accent)
    middle = (PRIMARY_WEEK + FOLLOW_UP_WEEK) / 2
    _text(figure, middle, 3.05, f"week {PRIMARY_WEEK}:<br>primary<br>time point", color=colors.muted)
    _text(figure, middle, 1.05, "self-care first:<br>continue if<br>excellent,<br>else add one", color=colors.muted)


def _draw_box(figure: go.Figure, start: float, y: float, text: str, color: str) -> None:
    size = {"type": "rect", "y0": y - 0.42, "y1": y + 0.42, "line": {"width": 0}}
    figure.add_shape(x0=start + 0.4, x1=start + 11.6, fillcolor=fade(color, 0.14), **size)
    figure.add_shape(x0=start + 0.4, x1=start + 0.8, fillcolor=color, **size)
    _text(figure, start + 6.2, y, text, 11)


def _draw_measurements(figure: go.Figure, colors: Palette) -> None:
    for week in PEG_WEEKS:
        full = week in VISIT_WEEKS
        figure.add_trace(
            go.Scatter(
                x=[week],
                y=[-0.55],
                mode="markers",
                name="full visit" if full else "PEG and impression of change",
                marker={
                    "size": 13 if full else 10,
                    "symbol": "square" if full else "circle-open",
                    "color": colors.accent,
                    "line": {"width": 2, "color": colors.accent},
                },
                hovertemplate=f"week {week}: {'full visit' if full else 'questionnaires'}<extra></extra>",
            )
        )
    _text(figure, (_RUN_IN + FOLLOW_UP_WEEK) / 2, -1.2, "■ full visit   ○ PEG and global change", 12, colors.muted)


def _wrap(title: str) -> str:
    """Lines of at most 15 characters."""
    return "<br>".join(textwrap.wrap(title, 15, break_on_hyphens=False))
