"""What every page says in the same words: what this is, what it rests on, what it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SIMULATED = "Simulated data: not for treatment decisions"


NATURAL_COURSE = (
    "The trial had no untreated group, so every improvement includes what would have happened anyway; "
    "the difference from enhanced self-care does not."
)


REASONS = "Largest first. Inputs go together, so do not read much into a single one."


FLIPS = (
    "Each is changed by itself, with all else as it is now. It shows how firm the order is; it is no advice to change "
    "anything, and many such inputs go together in real people."
)


EFFORT = (
    "Visits, home practice and usual unwanted effects are usual amounts (assumed): the trial's own numbers are not "
    "public, and places differ. Enhanced self-care is the comparison: the trial had no untreated group."
)


OUR_FAULT = (
    "This part of the page failed. The fault is in BestViz, not in what you entered, and nothing entered is lost: "
    "save the case file before you reload the page. The details are in the server's log."
)


INTENDED_USE = (
    "BestViz helps a clinician and a patient to think through treatments for chronic low-back pain, with what a model "
    "learned from a trial. It ranks options and says how sure it is. It does not decide, diagnose or prescribe, and it "
    "has not been tested on patients outside the data it was fitted on."
)


CERTAINTY = (
    "Intervals and chances come from fitting the model again to resampled versions of its data. How often such "
    "intervals hold the truth was measured on simulated trials only; with real patients it may be less often."
)
TOLD_APART = "Cannot be told apart: the data do not show which is better. Equivalent: we know that they are close."


def simulated_note(advice: Mapping[str, Any]) -> str:
    """The note on simulated data as a sentence; empty where the data are not simulated."""
    return f"{SIMULATED}." if advice["model"]["simulated"] else ""


def model_line(model: Mapping[str, Any]) -> str:
    """Which model and data are behind a page."""
    kind = "simulated participants" if model["simulated"] else "participants"
    return f"{model['name']} · {model['participants']} {kind} · {model['trained_on']}"
