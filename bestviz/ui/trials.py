"""The trial behind the investigators' pages: a folder of this machine, loaded once for all sessions, or an upload.

What a reader uploads stays in the memory of that session: no cache that sessions share holds it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

import bestviz
from bestviz import wording
from bestviz.errors import BestVizError
from bestviz.ui.models import DEMO_PEOPLE, DEMO_SEED

if TYPE_CHECKING:
    from bestviz.data import Trial

_UPLOADED, _FOLDER, _FAULT = "trial.uploaded", "trial.folder", "trial.fault"


def folder() -> Path:
    """Folder of the trial: the one chosen in this session, else `$BESTVIZ_DATA`, else `data/demo`."""
    return Path(st.session_state.get(_FOLDER) or os.environ.get("BESTVIZ_DATA") or "data/demo")


def current() -> Trial | None:
    """The trial in use; None where there is none or it cannot be read, which `offer_demo` then says."""
    st.session_state[_FAULT] = ""
    uploaded: Trial | None = st.session_state.get(_UPLOADED)
    if uploaded is not None:
        return uploaded
    place = folder()
    if not place.is_dir():
        return None
    try:
        return _load(str(place), _stamp(place))
    except (BestVizError, OSError) as fault:
        st.session_state[_FAULT] = str(fault)
        return None


def use_folder(place: Path) -> None:
    """Take a folder of this machine as the trial of this session."""
    st.session_state[_FOLDER], st.session_state[_UPLOADED] = str(place), None


def use_uploaded(trial: Trial) -> None:
    """Take a trial that was uploaded, in this session only."""
    st.session_state[_UPLOADED] = trial


def offer_demo() -> None:
    """Say that there is no data and offer to simulate the demonstration trial."""
    if fault := st.session_state.get(_FAULT):
        st.warning(f"The data in {str(folder())!r} cannot be read. {fault}")
    st.header("No data yet")
    st.write(
        "This page needs the data of a trial. The demonstration is a simulated trial of "
        f"{DEMO_PEOPLE} people; it takes a few seconds. {wording.SIMULATED}."
    )
    if st.button("Simulate the demonstration trial", type="primary", key="trial.simulate"):
        with st.spinner("Simulating a trial"):
            _simulate()


def _simulate() -> None:
    place = Path("data/demo")
    try:
        trial = bestviz.simulate_trial(n=DEMO_PEOPLE, seed=DEMO_SEED)
        if place.exists():  # somebody's files: nothing is overwritten
            use_uploaded(trial)
        else:
            bestviz.write_trial(trial, place)
            use_folder(place)
    except (BestVizError, OSError) as fault:
        st.error(f"The demonstration trial could not be made. {fault}")
        return
    st.rerun()


def _stamp(place: Path) -> tuple[Any, ...]:
    """What changes when a file of the folder does."""
    files = sorted(one for one in place.iterdir() if one.is_file())
    return tuple((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in files)


@st.cache_resource(show_spinner="Reading the data", max_entries=4)
def _load(place: str, stamp: tuple[Any, ...]) -> Trial:
    """Load a trial; the stamp makes changed files a new one."""
    del stamp
    return bestviz.load_trial(place)
