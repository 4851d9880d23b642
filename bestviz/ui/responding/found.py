"""What the model is asked on the investigators' pages; answers are kept in memory for all sessions, by digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from bestviz.advice.responders import Companion, Fairness, Modification, Profile
from bestviz.ui import models

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel
    from bestviz.data import Trial

Weights = tuple[tuple[str, float], ...]
_KEPT = 256


def modification(
    model: FittedModel, weights: Weights, outcome: str | None, week: int | None, horizon: int | str, stage: int,
    reference: str | None,
) -> Modification:  # fmt: skip
    """How the benefit of each treatment changes with each feature; as `effect_modification`."""
    return _modification(model.digest, weights, outcome, week, horizon, stage, reference, model)


def profile(
    model: FittedModel, feature: str, weights: Weights, outcome: str | None, week: int | None, horizon: int | str
) -> Profile:
    """Expected outcomes along one feature; as `bestviz.advice.responders.profile`."""
    return _profile(model.digest, feature, weights, outcome, week, horizon, model)


def fairness(model: FittedModel, trial: Trial, weights: Weights, horizon: int | str) -> Fairness:
    """Group by group what starting as recommended adds; as `bestviz.advice.responders.fairness`."""
    return _fairness(model.digest, trial.digest, weights, horizon, model, trial)


def companions(model: FittedModel) -> Mapping[str, tuple[Companion, ...]]:
    """What goes with each input."""
    return _companions(model.digest, model)


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _modification(
    digest: str, weights: Weights, outcome: str | None, week: int | None, horizon: int | str, stage: int,
    reference: str | None, _model: FittedModel,
) -> Modification:  # fmt: skip
    from bestviz.advice.responders import effect_modification

    del digest
    with models.ADVISING:
        return effect_modification(
            _model, dict(weights), outcome=outcome, week=week, horizon=horizon, stage=stage, reference=reference
        )


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _profile(
    digest: str, feature: str, weights: Weights, outcome: str | None, week: int | None, horizon: int | str,
    _model: FittedModel,
) -> Profile:  # fmt: skip
    from bestviz.advice.responders import profile as along

    del digest
    with models.ADVISING:
        return along(_model, feature, dict(weights), outcome=outcome, week=week, horizon=horizon)


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _fairness(
    digest: str, data: str, weights: Weights, horizon: int | str, _model: FittedModel, _trial: Trial
) -> Fairness:
    from bestviz.advice.responders import fairness as groups

    del digest, data
    with models.ADVISING:
        return groups(_model, _trial, dict(weights), horizon=horizon)


@st.cache_resource(show_spinner=False, max_entries=4)
def _companions(digest: str, _model: FittedModel) -> Mapping[str, tuple[Companion, ...]]:
    from bestviz.advice.responders import companions as together

    del digest
    return together(_model)
