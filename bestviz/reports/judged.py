"""Whether values of regimes belong to the model, the data, the weights and the time that a report is about."""

from __future__ import annotations

from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_text import UTILITY
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.data.dataset import Trial
from bestviz.wording import judged as words


def mismatch(
    evaluation: Evaluation, model: FittedModel, trial: Trial, preferences: Preferences, horizon: int | str
) -> str:
    """Why values must not stand in a report, in a sentence; empty where they belong.

    Parameters
    ----------
    evaluation : Evaluation
        What was judged.
    model, trial, preferences, horizon
        What the report is about.
    """
    if evaluation.data_digest != trial.digest:
        return words.other_data(evaluation.data, trial.info.name)
    same = trial.digest == model.info.data_digest
    if evaluation.trained_on != model.info.trained_on or (evaluation.mode == "cross-fitted") != same:
        return words.other_model(evaluation.trained_on, model.info.trained_on)
    if dict(evaluation.preferences) != preferences.to_dict():
        return words.OTHER_WEIGHTS
    judged = {each.week for each in evaluation.values if each.outcome == UTILITY}
    if judged and horizon not in judged:
        return words.other_horizon(next(iter(judged)), horizon)
    return ""
