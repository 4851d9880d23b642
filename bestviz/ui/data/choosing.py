"""Choose data: a folder of this machine or files in memory; what they hold, and everything that is wrong with them."""

from __future__ import annotations

import streamlit as st

from bestviz import wording
from bestviz.data import Validation
from bestviz.errors import DataError, InputError
from bestviz.figures.timeline import build_timeline, describe_timeline
from bestviz.ui import models, trials
from bestviz.ui.charts import is_dark, show_figure
from bestviz.ui.data.findings import draw_findings
from bestviz.ui.data.places import checked_folder, data_root, found_folders
from bestviz.ui.data.reading import LARGEST_FILE, read_files
from bestviz.wording import data as words

_PATH, _FOUND, _FILES, _FAULT = "data.path", "data.found", "data.files", "data.fault"


def draw_choosing() -> None:
    """Draw the ways to choose data, and what was found in the data that are chosen."""
    left, right = st.columns(2, gap="large")
    with left:
        _draw_folder()
    with right:
        st.file_uploader(
            "Or files from your computer, all of one data set", type=["csv", "parquet", "json"],
            accept_multiple_files=True, key=_FILES, on_change=_take_files, max_upload_size=LARGEST_FILE,
        )  # fmt: skip
        st.caption(words.UPLOAD_NOTE)
    if fault := st.session_state.get(_FAULT):
        st.error(fault)
    found = trials.examined()
    if found is None:
        _draw_nothing()
    else:
        _draw_found(found)
    with st.expander("What a data set must hold", key="group.format"):
        st.markdown(words.FORMAT)
        show_figure(build_timeline(dark=is_dark()), alt=describe_timeline(), key="data.timeline")


def _draw_folder() -> None:
    st.session_state.setdefault(_PATH, "" if trials.is_uploaded() else str(trials.folder()))
    st.text_input(
        "Folder on this machine", key=_PATH, on_change=_take_path, max_chars=500, persist_state="session",
        placeholder=f"a folder in {data_root()}",
    )  # fmt: skip
    if listed := found_folders():
        st.selectbox(
            f"Folders with data, inside {str(data_root())!r}", listed, index=None, key=_FOUND, on_change=_take_found,
            placeholder="choose one",
        )  # fmt: skip
    else:
        st.caption(f"There is no folder with data in {str(data_root())!r}.")


def _take_found() -> None:
    if chosen := st.session_state.get(_FOUND):
        st.session_state[_PATH] = str(data_root() / chosen)
        _take_path()


def _take_path() -> None:
    try:
        place = checked_folder(st.session_state.get(_PATH) or "")
    except InputError as fault:
        st.session_state[_FAULT] = str(fault)
        return
    st.session_state[_FAULT] = ""
    trials.use_folder(place)


def _take_files() -> None:
    # A mended file that is added later takes the place of the one of its name.
    files = list({file.name: file.getvalue() for file in st.session_state.get(_FILES) or ()}.items())
    if not files:  # taken away again: the data in memory stay until others are chosen
        return
    try:
        draft = read_files(files)
    except DataError as fault:
        st.session_state[_FAULT] = str(fault)
        return
    st.session_state[_FAULT] = ""
    st.session_state[_PATH] = ""
    trials.use_uploaded(draft)


def _draw_nothing() -> None:
    if models.facts() is not None:  # else the offer of a demonstration stands above
        trials.offer_demo()
    else:
        st.info(words.NO_PATH)


def _draw_found(found: Validation) -> None:
    info = trials.info()
    st.subheader(f"Checked: {_plain(info.name if info else trials.folder().name)}")
    simulated = f" {wording.SIMULATED}." if info and info.simulated else ""
    st.write(f"{words.contents(found.participants, found.assessments, len(found.measures))}.{simulated}")
    errors = len(found.errors)
    said = f"{words.counted(errors, 'error')}, {words.counted(len(found.problems) - errors, 'warning')}."
    if errors:
        st.error(f"{said} {words.BLOCKED_UPLOAD if trials.is_uploaded() else words.BLOCKED}")
        if not trials.is_uploaded():
            st.button("Check again", key="data.again")  # files are looked at with every run
    elif found.problems:
        st.info(f"{said} {words.STATED}")
    else:
        st.success(words.CLEAN)
    if found.problems:
        draw_findings(found.problems, simulated=bool(simulated))


def _plain(text: str) -> str:
    """A text from outside in one line, without Markdown of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()<>#+-.!|$~:" else sign for sign in " ".join(text.split()))
