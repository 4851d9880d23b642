"""The trial behind the investigators' pages: a folder of this machine, read once for all sessions, or an upload.

What a reader uploads stays in the memory of that session: no cache that sessions share holds it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

import bestviz
from bestviz import wording
from bestviz.errors import BestVizError
from bestviz.ui.models import DEMO_PEOPLE, DEMO_SEED
from bestviz.wording.cohort import NO_ARMS

if TYPE_CHECKING:
    from bestviz.data import DatasetInfo, Draft, Trial, Validation
    from bestviz.trial import ResponseRule

_UPLOADED, _FOLDER, _FAULT = "trial.uploaded", "trial.folder", "trial.fault"
_RULE, _SOURCE, _EXAMINED = "trial.rule", "trial.source", "trial.examined"


def folder() -> Path:
    """Folder of the trial: the one chosen in this session, else the one the server was started with."""
    return Path(st.session_state.get(_FOLDER) or usual_folder())


def usual_folder() -> Path:
    """Folder of the trial where a session has chosen none: `$BESTVIZ_DATA`, else `data/demo`."""
    return Path(os.environ.get("BESTVIZ_DATA") or "data/demo")


def warm() -> None:
    """Read the usual folder before anybody asks, where there is one: thousands of people take seconds."""
    place = usual_folder()
    if place.is_dir():
        with suppress(BestVizError, OSError):
            _read_folder(str(place), _stamp(place))


def is_uploaded() -> bool:
    """Whether the trial of this session was uploaded, or made here, and is in memory only."""
    return st.session_state.get(_UPLOADED) is not None


def rule() -> ResponseRule | None:
    """The response rule chosen in this session instead of the data set's own; None for that one."""
    chosen: ResponseRule | None = st.session_state.get(_RULE)
    return chosen


def current() -> Trial | None:
    """The trial in use; None where there is none or it cannot be used, which `offer_demo` then says."""
    found = examined()
    if found is None:
        return None
    if found.trial is None:
        st.session_state[_FAULT] = str(found.errors[0]).removeprefix("error: ")
    return found.trial


def examined() -> Validation | None:
    """Everything that is wrong with the data in use, and the trial where nothing forbids it; None without data."""
    st.session_state[_FAULT] = ""
    source = st.session_state[_SOURCE] = st.session_state.get(_UPLOADED)
    if source is None:
        place = folder()
        if not place.is_dir():
            return None
        try:
            source, found = _read_folder(str(place), _stamp(place))
            st.session_state[_SOURCE] = source
        except (BestVizError, OSError) as fault:
            st.session_state[_FAULT] = str(fault)
            return None
        if rule() is None:
            return found
    return _examined_here(source)


def info() -> DatasetInfo | None:
    """What the data in use say of themselves, whether they can be used or not; call it after `examined`."""
    source = st.session_state.get(_SOURCE)
    return None if source is None else source.info


def needed() -> Trial:
    """The trial in use; without one, or one without first treatments, the page says so and ends here."""
    trial = current()
    if trial is None:
        offer_demo()
        st.stop()
    if trial.participants["first_arm"].isna().all():
        st.info(NO_ARMS)
        st.stop()
    return trial


def draw_facts(trial: Trial) -> None:
    """What data are behind the page, in a line."""
    simulated = f" {wording.SIMULATED}." if trial.info.simulated else ""
    st.caption(f"Data: {trial.info.name}, {len(trial)} people.{simulated}")


def use_folder(place: Path) -> None:
    """Take a folder of this machine as the trial of this session, with its own response rule."""
    st.session_state[_FOLDER], st.session_state[_UPLOADED], st.session_state[_RULE] = str(place), None, None


def use_uploaded(trial: Trial | Draft) -> None:
    """Take a trial that was uploaded, in this session only; a draft, unlike a trial, may hold errors."""
    st.session_state[_UPLOADED], st.session_state[_RULE] = trial, None


def use_rule(new: ResponseRule | None) -> None:
    """Judge response by another rule in this session; None for the data set's own."""
    st.session_state[_RULE] = new


def offer_demo() -> None:
    """Say that there is no data and offer to simulate the demonstration trial."""
    if fault := st.session_state.get(_FAULT):
        where = "that were uploaded" if is_uploaded() else f"in {str(folder())!r}"
        st.warning(f"The data {where} cannot be used. {fault}")
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


def _examined_here(source: Trial | Draft) -> Validation:
    """What this session found last, as long as data and rule are the same; a trial keeps what it has worked out."""
    kept = st.session_state.get(_EXAMINED)
    if kept is not None and kept[0] is source and kept[1] == rule():
        found: Validation = kept[2]
        return found
    found = _examine(source, rule())
    st.session_state[_EXAMINED] = (source, rule(), found)
    return found


def _examine(source: Trial | Draft, with_rule: ResponseRule | None) -> Validation:
    from bestviz.data import Trial, Validation, examine

    if not isinstance(source, Trial):
        return examine(source, with_rule)
    # Made here, so it was never a draft: nothing in it can be wrong under any rule but the classes it does not carry.
    trial = source if with_rule is None else replace(source, info=replace(source.info, response_rule=with_rule))
    measures = [code for code in bestviz.trial.MEASURES if trial.weeks(code)]
    return Validation(len(trial), len(trial.assessments), measures, trial.problems, trial)


def _stamp(place: Path) -> tuple[Any, ...]:
    """What changes when a file of the folder does."""
    files = sorted(one for one in place.iterdir() if one.is_file())
    return tuple((one.name, one.stat().st_mtime_ns, one.stat().st_size) for one in files)


@st.cache_resource(show_spinner=False, max_entries=4)  # `warm` has no page to spin on
def _read_folder(place: str, stamp: tuple[Any, ...]) -> tuple[Draft, Validation]:
    """Read a folder and examine it; the stamp makes changed files a new one."""
    from bestviz.data import examine, read_draft

    del stamp
    draft = read_draft(place)
    return draft, examine(draft)
