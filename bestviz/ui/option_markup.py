"""The options ranked, as semantic HTML: chance of being best, expected benefit with its interval on one scale.

Light HTML where `bestviz.figures.options` draws the same for exports: a chart of Plotly is made anew in the browser
with every change, which takes longer than all the rest of a repaint. Every text is escaped here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

from bestviz import wording
from bestviz.figures.options import CHANCE, axis_title, status_of
from bestviz.trial import treatments_of


@dataclass(frozen=True)
class Scale:
    """A scale in even steps with round numbers.

    Attributes
    ----------
    first, last : int
        Its ends, in steps.
    step : float
        Distance of two marks.
    decimals : int
        Of the numbers at the marks.
    """

    first: int
    last: int
    step: float
    decimals: int

    @property
    def marks(self) -> int:
        """How many steps there are from end to end."""
        return self.last - self.first

    def place(self, value: float) -> float:
        """Where a value stands, in percent of the whole scale."""
        return 100 * (value / self.step - self.first) / self.marks


def scale_of(low: float, high: float) -> Scale:
    """The scale that holds zero and both values, in six steps at most."""
    low, high = min(low, 0.0), max(high, 0.0)
    fifth = (high - low) / 5 or 1.0
    power = floor(log10(fifth))
    step = next(size * 10.0**power for size in (1, 2, 5, 10) if size * 10.0**power >= fifth * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return Scale(first, max(last, first + 1), step, max(0, -floor(log10(step) + 1e-9)))


def options_html(advice: Mapping[str, Any]) -> str:
    """One row an option, best on top; empty where none is ranked, and what is not possible is left to the text.

    Parameters
    ----------
    advice : mapping
        What `recommend --json` prints.
    """
    options = wording.ranked(advice)
    if not options:
        return ""
    ends = [end for option in options for end in option["utility_interval"]]
    scale = scale_of(min(ends), max(ends))
    rows = "".join(_row_html(advice, option, scale) for option in options)
    style = f"--bv-step:{100 / scale.marks:.4g}%;--bv-zero:{scale.place(0):.4g}%"
    note = f" <span>{wording.SIMULATED}</span>" if advice["model"]["simulated"] else ""
    return (
        f'<div class="bv-options" style="{style}"><p class="bv-over" aria-hidden="true">{CHANCE}</p>'
        f'<ol aria-label="Options, best first">{rows}</ol>{_marks_html(scale)}'
        f'<p class="bv-under"><span>{escape(axis_title(advice))}</span>{note}</p></div>'
    )


def _row_html(advice: Mapping[str, Any], option: Mapping[str, Any], scale: Scale) -> str:
    arm = option["arm"]
    status = status_of(advice, arm)
    doubt = f"<small>{escape(status)}</small> " if status else ""
    return (
        f'<li class="bv-{treatments_of(arm)[0]}"><div>{escape(wording.option_title(advice, arm))} '
        f"<strong>{_unseen(CHANCE)}{wording.of_100(option['probability_best'])}</strong></div> {doubt}"
        f"{_range_html(option, scale)} "
        f"<span>{_unseen('benefit')}{wording.number(option['utility'], 2)} "
        f"({wording.interval(option['utility_interval'], 2)})</span></li>"
    )


def _range_html(option: Mapping[str, Any], scale: Scale) -> str:
    """The interval as a bar, the mean as the marker of the treatment."""
    low, high = (scale.place(end) for end in option["utility_interval"])
    return (
        f'<span class="bv-range" aria-hidden="true"><i style="left:{low:.2f}%;width:{high - low:.2f}%"></i>'
        f'<b style="left:{scale.place(option["utility"]):.2f}%"></b></span>'
    )


def _marks_html(scale: Scale) -> str:
    numbers = "".join(
        f'<span style="left:{100 * mark / scale.marks:.4g}%">'
        f"{wording.number((scale.first + mark) * scale.step, scale.decimals)}</span>"
        for mark in range(scale.marks + 1)
    )
    return f'<p class="bv-marks" aria-hidden="true">{numbers}</p>'


def _unseen(text: str) -> str:
    """Words before a number that those who see read in a heading."""
    return f'<span class="bv-unseen">{escape(text)} </span>'
