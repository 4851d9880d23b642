"""Models on disk and the one in use: found, loaded once for all sessions, or fitted as a demo where there is none."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

import bestviz
from bestviz import wording
from bestviz.claims import claim, sweep
from bestviz.errors import BestVizError
from bestviz.reports.handout import make_handout
from bestviz.store import ModelEntry, list_models

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel

_CHOSEN, _FAULT = "model.name", "model.fault"
# One question at a time: sessions share the model, and it remembers what it solved last.
ADVISING = threading.Lock()

DEMO, DEMO_PEOPLE, DEMO_REPLICATES, DEMO_SEED = "demo", 805, 200, 1


def models_folder() -> Path:
    """Folder of models: `$BESTVIZ_MODELS`, else `models`."""
    return Path(os.environ.get("BESTVIZ_MODELS") or "models")


def usable() -> list[ModelEntry]:
    """Models that can be chosen, by name."""
    return [entry for entry in list_models(models_folder()) if entry.problem is None]


def in_use() -> str | None:
    """Name of the model in use; None where there is none."""
    entry = _chosen()
    return entry.name if entry else None


def use(name: str) -> None:
    """Use a model on every page of this session, and draw the whole page again; a callback of a widget."""
    st.session_state[_CHOSEN] = name
    st.rerun()


def needed() -> FittedModel:
    """The model in use; without one the page offers the demo and ends here."""
    model = current()
    if model is None:
        offer_demo()
        st.stop()
    return model


def facts() -> dict[str, Any] | None:
    """What the model in use is, without opening it; None where there is none."""
    entry = _chosen()
    return entry.manifest if entry else None


def current() -> FittedModel | None:
    """The model in use; None where there is none or it cannot be opened, which `offer_demo` then says."""
    entry = _chosen()
    st.session_state[_FAULT] = ""
    if entry is None:
        return None
    try:
        return _open(entry)
    except BestVizError as fault:
        st.session_state[_FAULT] = str(fault)
        return None


def _chosen() -> ModelEntry | None:
    """The model in use: once a session has one, another that comes to lie beside it changes nothing."""
    entries = {entry.name: entry for entry in usable()}
    chosen = entries.get(st.session_state.get(_CHOSEN, "")) or next(iter(entries.values()), None)
    if chosen is not None and st.session_state.get(_CHOSEN) is None:
        st.session_state[_CHOSEN] = chosen.name
    return chosen


def _open(entry: ModelEntry) -> FittedModel:
    manifest = entry.manifest or {}
    return _load(str(entry.folder), manifest["file"]["sha256"])


@st.cache_resource(show_spinner=False, max_entries=4)
def _load(folder: str, digest: str) -> FittedModel:
    """Load a model; the digest makes a replaced model a new one."""
    del digest
    return bestviz.load_model(folder)


@asynccontextmanager
async def warming(app: st.App) -> AsyncIterator[None]:
    """Open the first model and the data before the server answers: no reader waits, and no two threads import at once.

    What a server left half-written that was killed is removed first.
    """
    sweep(models_folder())
    with suppress(BestVizError):
        for entry in usable()[:1]:
            advice = _open(entry).recommend({}).to_dict()
            make_handout(advice, {})  # the first one loads fonts and WeasyPrint: a second that no reader waits for
    from bestviz.ui import trials  # which builds on this module

    trials.warm()
    # Streamlit collects garbage after every run; without this it would look through all libraries each time (0.1 s).
    gc.collect()
    gc.freeze()
    yield


def choose() -> None:
    """Let the reader choose, where there is more than one model."""
    entries = usable()
    if len(entries) > 1:
        names = [entry.name for entry in entries]
        used = in_use()
        if st.session_state.get(_CHOSEN) != used:  # the one chosen is gone
            st.session_state[_CHOSEN] = used
        st.selectbox("Model", names, key=_CHOSEN, width=320, persist_state="session")


def offer_demo() -> None:
    """Say that there is no model and offer to fit the demo, with progress."""
    for entry in list_models(models_folder()):
        if entry.problem:
            st.warning(f"A model was found that cannot be used. {entry.problem}")
    if fault := st.session_state.get(_FAULT):
        st.warning(f"The model cannot be opened. {fault}")
    st.header("No model yet")
    st.write(
        "The pages need a fitted model. The demo is fitted here, on a simulated trial of "
        f"{DEMO_PEOPLE} people; it takes about half a minute. {wording.SIMULATED}."
    )
    place = st.empty()
    if place.button("Fit the demo model", type="primary", key="model.fit"):
        _fit_demo(place)


def _fit_demo(place: Any) -> None:
    bar = place.progress(0.0, text="Simulating a trial")

    def tell(done: int, total: int, what: str) -> None:
        bar.progress(min(done / max(total, 1), 1.0), text=f"{what}: {done} of {total}")

    try:
        with claim(models_folder() / DEMO):  # else somebody who opens a second page would fit it twice
            trial = bestviz.simulate_trial(n=DEMO_PEOPLE, seed=DEMO_SEED)
            model = bestviz.fit(trial, replicates=DEMO_REPLICATES, seed=DEMO_SEED, progress=tell)
            bar.progress(1.0, text="Saving")
            model.save(models_folder() / DEMO)
    except (BestVizError, OSError) as fault:
        place.empty()
        st.error(f"The demo model could not be made. {fault}")
        return
    st.rerun()
