"""The one-page hand-out of one advice, for the patient or for the chart, as PDF or as a page to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from bestviz.advice.patient import Patient
from bestviz.advice.preferences import Preferences
from bestviz.reports.chart_sheet import chart_content
from bestviz.reports.page import page_html
from bestviz.reports.patient_sheet import patient_content
from bestviz.reports.pdf import one_page
from bestviz.reports.view import View, view_of

Kind = Literal["patient", "chart"]
KINDS: tuple[Kind, ...] = ("patient", "chart")
_FEW, _GENEROUS = 3, 1.15  # with fewer options than this there is room for larger text
_CONTENTS = {"patient": patient_content, "chart": chart_content}


def make_handout(
    advice: Mapping[str, Any],
    patient: Patient | Mapping[str, Any],
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    kind: Kind = "patient",
    exclusions: Sequence[str] = (),
    tried: Mapping[str, str] | None = None,
    today: date | None = None,
) -> bytes:
    """A PDF of exactly one page of A4; the same bytes for the same input and day.

    Parameters
    ----------
    advice : mapping
        `Recommendation.to_dict()`, what `recommend --json` prints; of week 0 or 12.
    patient : Patient or mapping
        Whom it is for.
    preferences : Preferences or mapping, optional
        What matters; has to be what the advice was made with.
    kind : {"patient", "chart"}
        In plain words for the patient, or with all numbers for the chart.
    exclusions : sequence of str
        Ids of the trial's entry criteria that were answered against taking part; only the chart's sheet names them.
    tried : mapping of str to str, optional
        Treatment tried before -> how it went, a key of `bestviz.wording.case.TRIED`; only the chart's sheet names them.
    today : date, optional
        Day on the hand-out.

    Raises
    ------
    InputError
        Advice, patient and preferences do not belong together.
    NoPdfError
        This machine cannot make a PDF; `handout_html` can be printed instead.
    HandoutError
        It does not fit on one page.
    """
    view = view_of(advice, patient, preferences, exclusions=exclusions, tried=tried, today=today)
    return one_page(lambda scale, most: _page(view, kind, scale, most))


def handout_html(
    advice: Mapping[str, Any],
    patient: Patient | Mapping[str, Any],
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    kind: Kind = "patient",
    exclusions: Sequence[str] = (),
    tried: Mapping[str, str] | None = None,
    today: date | None = None,
) -> str:
    """The same sheet as one self-contained HTML page to print; parameters as in `make_handout`."""
    view = view_of(advice, patient, preferences, exclusions=exclusions, tried=tried, today=today)
    return _page(view, kind, 0.9, None)


def _page(view: View, kind: Kind, scale: float, most: int | None) -> str:
    larger = _GENEROUS if kind == "patient" and len(view.options) < _FEW else 1.0
    return page_html(view, kind, _CONTENTS[kind](view, most), scale=scale * larger)
