"""A study as text for a terminal, as JSON, and as files of figures with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.figures.export import Caption, numbers, page, picture, picture_problem
from bestviz.figures.study.calibration import build_calibration, calibration_table, describe_calibration
from bestviz.figures.study.rows import Rows, build_rows, describe_rows, rows_table
from bestviz.study.lines import Line
from bestviz.study.measures import MEASURES
from bestviz.study.settings import Settings
from bestviz.study.summary import Found, Tenth, summary, tenths
from bestviz.wording import study as words

_SHARE = "gain_share"
_HEADS = ("MEASURE", "FOUND", "95 % INTERVAL", "TARGET", "VERDICT")
_TENTHS = ("CHANCE OF BEING BEST, SAID", "TRUE", "95 % INTERVAL", "OPTIONS")


@dataclass(frozen=True)
class Study:
    """The finished repeats of one study.

    Attributes
    ----------
    settings : Settings
    repeats : int
        That were asked for.
    lines : sequence of dict
    """

    settings: Settings
    repeats: int
    lines: Sequence[Line]

    @property
    def title(self) -> str:
        """What it was of."""
        one = self.settings
        return words.title(one.scenario, one.n, one.learner, one.replicates)

    @property
    def unavailable(self) -> list[str]:
        """Why repeats gave no numbers, a sentence each."""
        return [line["unavailable"] for line in self.lines if "unavailable" in line]

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """Its measures."""
        return summary(self.lines)

    @cached_property
    def tenths(self) -> tuple[Tenth, ...]:
        """Stated chances by tenth."""
        return tenths(self.lines)

    def to_text(self) -> str:
        """Tables a person can read."""
        state = f"{len(self.lines)} of {self.repeats} repeats"
        if self.unavailable:
            state += f"; {len(self.unavailable)} of them without numbers, the first: {self.unavailable[0]}"
        parts = [f"{self.title}: {state}"]
        if self.found:
            parts.append(_aligned([_HEADS, *map(_row, self.found)]))
        if self.tenths:
            parts.append(_aligned([_TENTHS, *map(_tenth, self.tenths)]))
        return "\n\n".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "settings": self.settings.to_dict(),
            "repeats": len(self.lines),
            "unavailable": self.unavailable,
            "summary": [one.to_dict() for one in self.found],
            "chances": [vars(one) | {"interval": list(one.interval)} for one in self.tenths],
            "lines": list(self.lines),
        }


def study_files(studies: Sequence[Study]) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the figures, each with its numbers as CSV; HTML pages where no SVG can be made."""
    for name, figure, caption, table in _figures(studies):
        if picture_problem():
            yield f"{name}.html", page(figure, caption)
        else:
            yield f"{name}.svg", picture(figure, caption, "svg")
        yield f"{name}.csv", numbers(table, caption)


def _figures(studies: Sequence[Study]) -> Iterator[tuple[str, go.Figure, Caption, pd.DataFrame]]:
    for study in studies:
        if study.tenths:
            caption = Caption(
                words.CALIBRATION,
                (f"{study.title}.", f"{words.TRIALS} {words.BARS} {words.BAND}", f"{wording.SIMULATED}."),
                describe_calibration(tenths=study.tenths),
            )
            name = f"chances-{study.settings.scenario}-{study.settings.n}-{study.settings.learner}"
            yield name, build_calibration(tenths=study.tenths), caption, calibration_table(study.tenths)
    for key, rows in _by_measure(studies):
        axis = words.GAIN_AXIS if key == _SHARE else ""
        band = f" {words.BAND}" if next(iter(rows.values())).target else ""
        caption = Caption(
            words.GAIN if key == _SHARE else next(iter(rows.values())).says,
            (f"{words.TRIALS} {words.BARS}{band}", f"{wording.SIMULATED}."),
            describe_rows(rows=rows),
        )
        yield key.replace("_", "-"), build_rows(rows=rows, axis=axis), caption, rows_table(rows)


def _by_measure(studies: Sequence[Study]) -> Iterator[tuple[str, Rows]]:
    """The share of the gain and every measure with a target, over all studies that have it."""
    each = {(study.settings.scenario, study.settings.learner): study.found for study in studies}
    for measured in MEASURES:
        rows = {name: one for name, found in each.items() for one in found if one.key == measured.key}
        if rows and (measured.target or measured.key == _SHARE):
            yield measured.key, rows


def _row(one: Found) -> tuple[str, ...]:
    return (
        one.says,
        words.found(one.value, one.unit),
        words.ends(one.interval, one.unit),
        words.target(one.target, one.unit),
        words.VERDICTS[one.verdict],
    )


def _tenth(one: Tenth) -> tuple[str, ...]:
    return words.found(one.said, ""), words.found(one.true, ""), words.ends(one.interval, ""), str(one.cases)


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
