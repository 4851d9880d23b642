"""Settings of a fit, each explained, and the fits that go on or have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from bestviz import wording
from bestviz.errors import BestVizError
from bestviz.ui import models, trials
from bestviz.ui.data import fits
from bestviz.ui.data.effects import measures_with
from bestviz.ui.data.fits import Fit, Order
from bestviz.ui.data.rules import changes
from bestviz.wording import data as words

if TYPE_CHECKING:
    from bestviz.data import Trial

POLL = 1.0  # seconds between two looks at the fits
FEWEST, MOST = 20, 2000  # replicates
_NAME, _LEARNER, _REPLICATES, _SEED = "fit.name", "fit.learner", "fit.replicates", "fit.seed"
_DEEP, _CALIBRATE, _FAULT = "fit.deep", "fit.calibrate", "fit.fault"
_LEARNERS = {"ensemble": "Ensemble", "additive": "Additive", "forest": "Forest"}


def draw_fitting() -> None:
    """Draw the settings, where there are data to fit to, and the fits of this server."""
    trial = trials.current()
    if trial is None:
        st.info(words.NO_SOUND_DATA)
    else:
        _draw_settings(trial)
    _draw_fits()


def _draw_settings(trial: Trial) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.text_input("Name of the model", "mine", key=_NAME, max_chars=40, persist_state="session")
        st.caption(words.SETTINGS["name"])
        st.selectbox(
            "Learner", list(_LEARNERS), format_func=_LEARNERS.__getitem__, key=_LEARNER, persist_state="session"
        )
        st.caption(words.SETTINGS["learner"])
        st.checkbox("Deep markers", key=_DEEP, disabled=trial.deep is None, persist_state="session")
        st.caption(words.SETTINGS["deep"] if trial.deep is not None else words.NO_DEEP)
    with right:
        st.number_input("Replicates", FEWEST, MOST, 200, step=20, key=_REPLICATES, persist_state="session")
        st.caption(words.SETTINGS["replicates"])
        st.number_input("Seed", 0, 2**31 - 1, 1, key=_SEED, persist_state="session")
        st.caption(words.SETTINGS["seed"])
        st.checkbox("Calibrate", key=_CALIBRATE, persist_state="session")
        st.caption(words.SETTINGS["calibrate"])
    order = _order(trial)
    if fits.NAME.fullmatch(order.folder.name) and order.folder.exists():
        st.info(words.replaces(order.folder.name))
    simulated = f" {wording.SIMULATED}." if trial.info.simulated else ""
    st.write(f"{len(trial):,} people; time expected: {words.lasting(order.expected)}.{simulated}")
    st.button("Fit the model", type="primary", key="fit.start", on_click=_start, args=(order,))
    if fault := st.session_state.pop(_FAULT, ""):
        st.error(fault)
    st.caption(words.IN_PROCESS)


def _order(trial: Trial) -> Order:
    state = st.session_state
    return Order(
        trial=trial,
        folder=(models.models_folder() / (state[_NAME] or "").strip()).absolute(),
        learner=state[_LEARNER],
        replicates=state[_REPLICATES],
        seed=state[_SEED],
        with_deep=bool(state[_DEEP]) and trial.deep is not None,
        calibrate=bool(state[_CALIBRATE]),
        measures=measures_with(changes()),
    )


def _start(order: Order) -> None:
    try:
        fits.start(order)
    except BestVizError as fault:
        st.session_state[_FAULT] = str(fault)


# -- what goes on -----------------------------------------------------------------------------------------------------


def _draw_fits() -> None:
    if fits.all_fits():
        st.subheader("Fits on this server")
    if fits.is_active():
        _watch()
    else:
        _draw_list()


@st.fragment(run_every=POLL)
def _watch() -> None:
    """The list, looked at again every second; when nothing goes on any more, the page is drawn once."""
    if not fits.is_active():
        st.rerun()
    _draw_list()


def _draw_list() -> None:
    for fit in fits.all_fits():
        with st.container(border=True, key=f"fit.of.{fit.name}"):
            _draw_fit(fit)


def _draw_fit(fit: Fit) -> None:
    job = fit.job
    if job.is_active:
        st.markdown(f"**{fit.name}**")
        st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, text=_progress(fit))
        st.button("Cancel", key=f"fit.cancel.{fit.name}", on_click=fits.cancel, args=(fit,))
        return
    if job.state == "done":
        note = f" {wording.SIMULATED}." if fit.simulated else ""
        st.success(f"{words.fitted(fit.name, fit.data)}{note}")
        st.button("Use this model on every page", key=f"fit.use.{fit.name}", on_click=models.use, args=(fit.name,))
    elif job.state == "cancelled":
        st.info(words.cancelled(fit.name))
    else:
        st.error(words.failed(fit.name, job.fault))
    st.button("Take off the list", key=f"fit.forget.{fit.name}", on_click=fits.forget, args=(fit,))


def _progress(fit: Fit) -> str:
    if fit.job.state == "waiting":
        return "Waiting for other work on this machine"
    if not fit.job.total:
        return fit.job.what or "Starting"
    left = fit.left()
    rest = f"; {words.lasting(left)} left" if left is not None else ""
    return f"{fit.job.what}: {fit.job.done} of {fit.job.total}{rest}"
