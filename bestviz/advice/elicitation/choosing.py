"""Which question to ask next: what each is expected to do for the decision, or to tell about the weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp, xlogy

from bestviz.advice.elicitation.likelihood import ChoiceModel
from bestviz.advice.elicitation.posterior import Posterior
from bestviz.advice.elicitation.statements import worth

FloatArray = npt.NDArray[np.float64]

# Questions judged at a time: their arrays stay in the processor's cache.
AT_ONCE = 64
# Below this expected loss, in meaningful changes, no answer can improve the decision noticeably.
NO_LOSS = 0.001


def most_useful(posterior: Posterior, utilities: FloatArray, gains: FloatArray, model: ChoiceModel) -> int:
    """Position of the question to ask.

    Parameters
    ----------
    posterior : Posterior
    utilities : array, shape (N, arms)
        Of every arm that may be chosen, for every particle.
    gains : array, shape (C, K)
        What A offers more than B in every question that may be asked, in meaningful changes.
    model : ChoiceModel
    """
    expected = posterior.chances @ utilities
    loss = float(posterior.chances @ utilities.max(axis=1) - expected.max())
    if loss < NO_LOSS:
        return int(information(posterior, gains, model).argmax())
    return int(expected_gain(posterior, utilities, gains, model, loss).argmax())


def expected_gain(
    posterior: Posterior, utilities: FloatArray, gains: FloatArray, model: ChoiceModel, softness: float
) -> FloatArray:
    """Expected reduction of the expected loss by the answer to every question, shape (C,), in meaningful changes.

    The value of sample information (Raiffa and Schlaifer 1961), with a soft maximum over arms of width `softness` in
    place of the maximum. One answer seldom turns the decision by itself, and a hard maximum is blind to answers that
    bring it nearer; in the limit of 0 it is the hard one. The natural width is the expected loss itself.
    """
    parts = []
    for joint in _joint(posterior, gains, model):
        values = 0.0
        for mass in joint:
            chance = mass.sum(axis=0)
            means = mass.T @ utilities / chance[:, None]
            values = values + chance * softness * logsumexp(means / softness, axis=1)
        parts.append(values)
    now = softness * logsumexp(posterior.chances @ utilities / softness)
    return np.concatenate(parts) - now


def information(posterior: Posterior, gains: FloatArray, model: ChoiceModel) -> FloatArray:
    """Information (nats) that the answer to every question is expected to give about the weights, shape (C,).

    Lindley 1956, doi 10.1214/aoms/1177728069.
    """
    chances = posterior.chances[:, None]
    parts = []
    for joint in _joint(posterior, gains, model):
        given = [mass / chances for mass in joint]
        known = sum((chances * xlogy(p, p)).sum(axis=0) for p in given)
        blind = sum(xlogy(p, p) for p in (mass.sum(axis=0) for mass in joint))
        parts.append(known - blind)
    return np.concatenate(parts)


def _joint(
    posterior: Posterior, gains: FloatArray, model: ChoiceModel
) -> Iterator[tuple[FloatArray, FloatArray, FloatArray]]:
    """Probability of every particle together with each of the answers a, equal, b: arrays (N, c), some at a time."""
    for start in range(0, len(gains), AT_ONCE):
        values = worth(posterior.weights, gains[start : start + AT_ONCE])
        a, equal = np.zeros_like(values), np.zeros_like(values)
        for place, sharpness in enumerate(model.sharpness):
            chance_a, chance_equal = model.answers(values, sharpness)
            a += posterior.mass[:, place, None] * chance_a
            equal += posterior.mass[:, place, None] * chance_equal
        yield a, equal, posterior.chances[:, None] - a - equal
