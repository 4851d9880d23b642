"""Benefits of treatments as sums over people and arms: a treatment against what else a person may have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.responders.asked import Asked
from bestviz.advice.responders.averages import Averaging, forest_coefficients
from bestviz.advice.responders.people import brought_in, free_weights, left_out, may_have_next, usable_first
from bestviz.errors import InputError
from bestviz.regime.arms import holds_treatment
from bestviz.trial import TREATMENTS

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Where there is a forest part, benefits are averaged over so many people; the additive part needs nobody in particular.
PEOPLE_IN_FORESTS = 100


@dataclass(frozen=True)
class Contrasts:
    """Benefits of treatments.

    Attributes
    ----------
    treatments : tuple of str
    shares : array, shape (n, treatments, arms)
        How much every training person and arm counts; of a person they sum to 0.
    people : tuple of int
        How many people count in each.
    left_out : tuple of str
        A sentence about each treatment that too few people had.
    """

    treatments: tuple[str, ...]
    shares: FloatArray
    people: tuple[int, ...]
    left_out: tuple[str, ...]


def first_contrasts(model: FittedModel, reference: str | None) -> Contrasts:
    """Every first arm against the average of the others, or against one, in people who may have all.

    Raises
    ------
    InputError
        Too few people started the reference, or any two arms.
    """
    labels, usable = model.engine.first_arms.labels, usable_first(model)
    if reference is not None and not usable[labels.index(reference)]:
        raise InputError(f"reference: too few participants started {reference}; choose another one.")
    weights = free_weights(model, usable)
    arms = [i for i in np.flatnonzero(usable) if labels[i] != reference]
    contrast = np.zeros((len(arms), len(labels)))
    for row, arm in enumerate(arms):
        others = [i for i in np.flatnonzero(usable) if i != arm and reference in (None, labels[i])]
        contrast[row, arm] = 1.0
        contrast[row, others] -= 1 / len(others)
    people = (int((weights > 0).sum()),) * len(arms)
    shares = weights[:, None, None] * contrast
    return Contrasts(tuple(labels[i] for i in arms), shares, people, left_out(model, usable))


def second_contrasts(model: FittedModel, reference: str | None) -> Contrasts:
    """Arms that bring a treatment in at week 12 against the others (or those that bring the reference in), in people
    who may have both kinds.

    Raises
    ------
    InputError
        Too few people got any treatment at week 12 that they did not start with.
    """
    engine, may = model.engine, may_have_next(model)
    treatments = engine.second_arms.treatments
    holds = holds_treatment(engine.second_arms.labels, treatments)
    had = holds_treatment([engine.first_arms.labels[code] for code in engine.first_codes], treatments)
    brings = may[:, :, None] & holds[None] & ~had[:, None]
    found, shares, people, few = [], [], [], []
    for place, treatment in enumerate(treatments):
        if treatment == reference:
            continue
        own = brings[:, :, place]
        other = may & ~own if reference is None else brings[:, :, treatments.index(reference)] & ~own
        able = own.any(axis=1) & other.any(axis=1)
        support = brought_in(model, treatment)
        if support < model.smallest_support or not able.any():
            few.append(f"{TREATMENTS[treatment].title}: too few to say, {support} participants got it at week 12.")
            continue
        weights = engine.first.weights[0] * able
        found.append(treatment)
        shares.append(weights[:, None] / weights.sum() * (_share(own) - _share(other)))
        people.append(int(able.sum()))
    if not found:
        raise InputError(
            "stage 2: too few participants got a further treatment at week 12 to say anything about it; look at "
            "stage 1."
        )
    return Contrasts(tuple(found), np.stack(shares, axis=1), tuple(people), tuple(few))


def averaging_of(asked: Asked, stage: int, contrasts: Contrasts) -> Averaging:
    """The contrasts of the outcome that is asked about, ready to be averaged."""
    engine = asked.model.engine
    basis = engine.first.basis if stage == 1 else engine.second.basis
    shares = contrasts.shares if basis.forest is None else _of_some(contrasts.shares, asked.model.info.seed)
    people, done = np.flatnonzero(shares.any(axis=(1, 2))), engine.completed
    if stage == 1:
        coefficients = asked.first_coefficients()
        return Averaging(
            basis, engine.first.in_layout(coefficients), forest_coefficients(basis, coefficients),
            [engine.filler.baseline], [done.baseline[people]], shares[people],
        )  # fmt: skip
    coefficients = asked.second_coefficients()
    return Averaging(
        basis, basis.in_layout(coefficients), forest_coefficients(basis, coefficients),
        [engine.filler.baseline, engine.filler.interim], [done.baseline[people], done.interim[0][people]],
        shares[people], engine.first_codes[people],
    )  # fmt: skip


def _share(arms: BoolArray) -> FloatArray:
    """Equal shares of a person's arms (n, arms); nothing where there are none."""
    return arms / np.maximum(arms.sum(axis=1, keepdims=True), 1)


def _of_some(shares: FloatArray, seed: int) -> FloatArray:
    """Shares (n, s, arms) of some people, drawn by the seed, who stand for all in each sum."""
    order = np.random.default_rng(seed).permutation(len(shares))
    counts: BoolArray = np.any(shares[order] != 0, axis=2)
    kept = np.zeros_like(counts)
    kept[order] = counts & (np.cumsum(counts, axis=0) <= PEOPLE_IN_FORESTS)
    size = np.abs(shares).sum(axis=2)
    return shares * (kept * size.sum(axis=0) / (kept * size).sum(axis=0))[:, :, None]
