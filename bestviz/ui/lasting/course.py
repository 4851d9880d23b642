"""Does it last? Week 24 against week 36 by first treatment, and what fades in between."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from bestviz import wording
from bestviz.advice.lasting_result import REGIME, Amount, Kept, Lasting
from bestviz.advice.lasting_tables import lasting_table
from bestviz.errors import BestVizError
from bestviz.figures.export import Caption
from bestviz.figures.lasting import (
    arms_of,
    build_fading,
    build_lasting,
    describe_fading,
    describe_lasting,
    rows_of,
)
from bestviz.trial import MEASURES, Measure
from bestviz.trial.schedule import HORIZONS
from bestviz.ui import models
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.downloads import draw_downloads
from bestviz.ui.responding.found import Weights
from bestviz.ui.responding.question import weights_in_force
from bestviz.ui.tables import table_html
from bestviz.wording import responding as words

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial

KEY_OUTCOME, KEY_HORIZON, KEY_SHOW, KEY_ARM = "lasting.outcome", "lasting.horizon", "lasting.show", "lasting.arm"
_SINCE, _AGAINST = "Change since week 0", "Difference from enhanced self-care"


@st.fragment
def draw_lasting(model: FittedModel, trial: Trial) -> None:
    """Draw both weeks for one outcome, the numbers, and what becomes of every outcome."""
    horizon = st.segmented_control(
        "The regime looks at", list(HORIZONS), default=HORIZONS[0], required=True, key=KEY_HORIZON,
        format_func=lambda at: "weeks 24 and 36" if at == "mean" else f"week {at}", persist_state="session",
    )  # fmt: skip
    weights = weights_in_force()
    try:
        every = _lasting(model.digest, trial.digest, weights, horizon or HORIZONS[0], model, trial)
    except BestVizError as fault:
        st.info(str(fault))
        return
    if not every:
        st.info(words.NO_LATE)
        return
    st.caption(words.aim(dict(weights)))
    simulated = model.info.simulated or trial.info.simulated
    _draw_one(every, simulated)
    _draw_fading(every, simulated)


@st.cache_resource(show_spinner=False, max_entries=64)
def _lasting(
    digest: str, data: str, weights: Weights, horizon: int | str, _model: FittedModel, _trial: Trial
) -> Mapping[str, Lasting]:
    from bestviz.advice.lasting import lasting_all

    del digest, data
    with models.ADVISING:
        return lasting_all(_model, _trial, dict(weights), horizon=horizon)


@st.fragment
def _draw_one(every: Mapping[str, Lasting], simulated: bool) -> None:
    left, right = st.columns(2)
    code = left.selectbox(
        "Outcome", list(every), format_func=lambda one: MEASURES[one].short, key=KEY_OUTCOME, persist_state="session"
    )
    lasting = every[code]
    show = _SINCE
    if any(row.against_esc for row in lasting.rows):
        show = right.segmented_control(
            "Show",
            [_SINCE, _AGAINST],
            default=_SINCE,
            required=True,
            key=KEY_SHOW,
            persist_state="session",
            wrap=True,
        )
    parts: dict[str, Any] = {"lasting": lasting, "against_esc": show == _AGAINST, "simulated": simulated}
    build, alt = partial(build_lasting, **parts), describe_lasting(**parts)
    show_figure(build(dark=is_dark()), alt=alt, key="lasting.weeks")
    st.html(table_of(lasting, against_esc=show == _AGAINST, simulated=simulated))
    st.caption(" ".join([f"Averaged over {lasting.people} participants.", *lasting.notes, *lasting.left_out]))
    for each in lasting.horizons[:1]:
        st.write(words.other_horizon(each.differs))
    notes = (f"{lasting.people} participants.", *lasting.notes, *lasting.left_out, *words.simulated(simulated))
    title = f"Week 24 against week 36: {MEASURES[code].short}"
    draw_downloads(build, lasting_table({code: lasting}), f"lasting-{code}", Caption(title, notes, alt))


def table_of(lasting: Lasting, *, against_esc: bool, simulated: bool) -> str:
    """Both weeks, what became of it and the share kept, as semantic HTML."""
    measure = MEASURES[lasting.measure]
    heads = ["First treatment", "Week 24", "Week 36", "Week 36 less week 24", "Share kept"]
    rows = [
        [
            escape(words.starting(arm)),
            _amount(measure, course.week_24),
            _amount(measure, course.week_36),
            escape(words.fine(measure, course.fading.estimate, course.fading.interval)),
            _kept(course.kept),
        ]
        for arm, course in rows_of(lasting, against_esc)
    ]
    what = "Difference from starting with enhanced self-care" if against_esc else "Change since week 0"
    unit = "people of 100" if measure.binary else wording.unit(measure)
    tail = f" {wording.SIMULATED}." if simulated else ""
    return table_html(f"{measure.short}: {what}, {unit} (95 % interval).{tail}", heads, rows)


def _amount(measure: Measure, amount: Amount) -> str:
    ends = wording.amount_interval(measure, amount.interval)
    return f'{escape(wording.amount(measure, amount.estimate))} <span class="bv-ends">({escape(ends)})</span>'


def _kept(kept: Kept) -> str:
    if kept.share is None or kept.interval is None:
        return f"<small>{escape(words.NOT_KEPT)}</small>"
    low, high = kept.interval
    return f'{100 * kept.share:.0f} % <span class="bv-ends">({100 * low:.0f} to {100 * high:.0f})</span>'


@st.fragment
def _draw_fading(every: Mapping[str, Lasting], simulated: bool) -> None:
    st.header("What fades between weeks 24 and 36")
    arm = st.pills(
        "First treatment", arms_of(next(iter(every.values()))), default=REGIME, required=True, key=KEY_ARM,
        format_func=words.starting, persist_state="session",
    )  # fmt: skip
    parts: dict[str, Any] = {"every": every, "arm": arm or REGIME, "simulated": simulated}
    build, alt = partial(build_fading, **parts), describe_fading(**parts)
    show_figure(build(dark=is_dark()), alt=alt, key="lasting.fading")
    st.caption(words.FADES)
    title = f"What fades between weeks 24 and 36: {words.starting(arm or REGIME)}"
    caption = Caption(title, (words.FADES, *words.simulated(simulated)), alt)
    draw_downloads(build, lasting_table(every), "fading", caption)
