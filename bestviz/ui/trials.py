"""The trial behind the pages for investigators: the session's own, else the folder of data of this server."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

import bestviz
from bestviz import wording
from bestviz.errors import BestVizError
from bestviz.ui.models import DEMO_PEOPLE, DEMO_SEED

if TYPE_CHECKING:
    from bestviz.data import Trial

_OWN, _FAULT = "trial.own", "trial.fault"


def data_folder() -> Path:
    """Folder of data: `$BESTVIZ_DATA`, else `data/demo`."""
    return Path(os.environ.get("BESTVIZ_DATA") or Path("data") / "demo")


def use(trial: Trial | None) -> None:
    """Put a trial behind the pages of this session alone; None goes back to the server's folder."""
    st.session_state[_OWN] = trial


def current() -> Trial | None:
    """The trial in use; None where there is none or it cannot be read, which `offer_demo` then says."""
    st.session_state[_FAULT] = ""
    own: Trial | None = st.session_state.get(_OWN)
    if own is not None:
        return own
    try:
        found = _files(data_folder())
        return _load(str(data_folder()), _digest(found)) if found else None
    except (BestVizError, OSError) as fault:
        st.session_state[_FAULT] = str(fault)
        return None


def facts() -> Mapping[str, Any] | None:
    """What the trial in use is: name, people, whether simulated, digest; None where there is none."""
    trial = current()
    if trial is None:
        return None
    return {
        "name": trial.info.name,
        "participants": len(trial),
        "simulated": trial.info.simulated,
        "digest": digest(),
    }


def digest() -> str | None:
    """What tells this trial from any other: the digest of its files, of a session's own that of its content."""
    own: Trial | None = st.session_state.get(_OWN)
    if own is not None:
        return own.digest
    try:
        found = _files(data_folder())
        return _digest(found) if found else None
    except OSError:
        return None


def offer_demo() -> None:
    """Say that there are no data and what to do, and offer to simulate the demonstration trial."""
    if fault := st.session_state.get(_FAULT):
        st.warning(f"The data cannot be read. {fault}")
    st.header("No data yet")
    st.write(
        "This page needs a trial: a folder with participants and assessments, named by BESTVIZ_DATA when the server is "
        f"started. The demonstration trial of {DEMO_PEOPLE} simulated people can be made here, in a few seconds. "
        f"{wording.SIMULATED}."
    )
    if st.button("Simulate the demo trial", type="primary", key="trial.simulate"):
        with st.spinner("Simulating the trial"):
            use(bestviz.simulate_trial(n=DEMO_PEOPLE, seed=DEMO_SEED))
        st.rerun()


def _files(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of every file; unchanged, they are not read again."""
    if not folder.is_dir():
        return ()
    found = ((file.name, file.stat()) for file in sorted(folder.iterdir()) if file.is_file())
    return tuple((name, about.st_size, about.st_mtime_ns) for name, about in found)


def _digest(found: tuple[tuple[str, int, int], ...]) -> str:
    return _read_digest(str(data_folder()), found)


@st.cache_resource(show_spinner=False, max_entries=8)
def _read_digest(folder: str, found: tuple[tuple[str, int, int], ...]) -> str:
    """SHA-256 over the files of a folder."""
    sha = hashlib.sha256()
    for name, _, _ in found:
        sha.update(f"{name}\0".encode() + hashlib.sha256((Path(folder) / name).read_bytes()).digest())
    return sha.hexdigest()


@st.cache_resource(show_spinner="Reading the trial", max_entries=2)
def _load(folder: str, digest: str) -> Trial:
    """Load a trial; the digest makes changed data a new one."""
    del digest
    return bestviz.load_trial(folder)
