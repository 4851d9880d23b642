"""Long work as a reader sees it: a button that starts it, progress with a way to stop it, what went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from bestviz.ui import background

ASK = "BESTVIZ_LONG_WORK"  # set to "ask", nothing long begins by itself: for small servers of many readers
POLL = 1.0  # seconds between two looks at a job


def begins_by_itself() -> bool:
    """Whether long work that a page needs begins when somebody opens it; else a button waits."""
    return os.environ.get(ASK) != "ask"


def draw_work(key: Hashable, name: str, label: str, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """The result of long work; until there is one, draw how to get it.

    Call it in a fragment: when the work ends, the whole page is drawn again.

    Parameters
    ----------
    key : hashable
        Of the job: what is asked, with the digests of model and data.
    name : str
        For the widgets, unique on the page.
    label : str
        Of the button that starts it, for example `Judge the markers`.
    function, args, named
        As for `background.start`.

    Returns
    -------
    object
        The result, or None while there is none.
    """
    job = background.find(key)
    if job is not None and job.state == "done":
        return job.result
    if job is not None and job.is_active:
        _watch(key, name)
        return None
    if job is not None:
        _say_end(job)
    st.button(label, key=f"{name}.start", on_click=lambda: _start(key, function, args, named))
    return None


def _start(key: Hashable, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> None:
    background.start(key, function, *args, **named)


def _say_end(job: background.Job) -> None:
    if job.state == "failed":
        st.error(job.fault)
    else:
        st.caption("The calculation was cancelled.")


@st.fragment(run_every=POLL)
def _watch(key: Hashable, name: str) -> None:
    """Progress of a job that goes on; when it has ended, the page is drawn again."""
    job = background.find(key)
    if job is None or not job.is_active:
        st.rerun()
    text = "Waiting for other calculations on this server" if job.state == "waiting" else _progress(job)
    st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, text=text)
    st.button("Cancel", key=f"{name}.cancel", on_click=background.cancel, args=(key,))
    st.caption("It goes on while you look at other pages. What is found stays on this server until it is stopped.")


def _progress(job: background.Job) -> str:
    return f"{job.what}: {job.done} of {job.total}" if job.total else "Beginning"
