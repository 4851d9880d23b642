"""The training people of a model: what they may start with, how much they count, and of which arms enough is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bestviz.advice.model import FittedModel
from bestviz.advice.options import first_support
from bestviz.errors import InputError
from bestviz.trial import allowed_second_table, arm_title, treatments_of
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def usable_first(model: FittedModel) -> BoolArray:
    """First arms that enough participants started for anything to be said; shape (arms,).

    Raises
    ------
    InputError
        There are fewer than two.
    """
    support = first_support(model)
    usable = np.array([support[arm] >= model.smallest_support for arm in model.engine.first_arms.labels])
    if usable.sum() < 2:
        raise InputError(
            f"first arms: fewer than two were started by at least {model.smallest_support} participants, so there is "
            "nothing to compare; fit a model to data with more people."
        )
    return usable


def left_out(model: FittedModel, usable: BoolArray) -> tuple[str, ...]:
    """A sentence about each first arm that too few participants started."""
    support = first_support(model)
    return tuple(
        f"{arm_title(arm)}: too few to say, {support[arm]} participants started it."
        for arm, enough in zip(model.engine.first_arms.labels, usable, strict=True)
        if not enough
    )


def may_start(model: FittedModel) -> BoolArray:
    """What each training person of the first stage may start with; shape (n, arms)."""
    barred = model.history[list(model.engine.first_arms.labels)].to_numpy(bool)
    return ~barred[model.engine.people]


def may_have_next(model: FittedModel) -> BoolArray:
    """What the design allows each training person at week 12; shape (n, arms).

    Who stopped the first treatment for harm is not told apart here.
    """
    history = model.history.iloc[model.engine.people].reset_index(drop=True)
    people = history.rename(columns={"first": "first_arm", **CONTRAINDICATION_COLUMNS})
    allowed = allowed_second_table(people)
    return allowed.reindex(columns=list(model.engine.second_arms.labels), fill_value=False).to_numpy(bool)


def brought_in(model: FittedModel, treatment: str) -> int:
    """Participants who got a treatment at week 12 that they did not start with."""
    pairs = model.history[["first", "second"]].dropna().itertuples(index=False, name=None)
    return sum(treatment in treatments_of(second) and treatment not in treatments_of(first) for first, second in pairs)


def free_people(may: BoolArray, usable: BoolArray) -> BoolArray:
    """People who may start with every usable arm: in them all arms can be compared; everybody where there are none."""
    free: BoolArray = np.all(may | ~usable, axis=1)
    return free if free.any() else np.ones(len(may), dtype=bool)


def free_weights(model: FittedModel, usable: BoolArray) -> FloatArray:
    """How much each training person counts in averages: only who may start with every usable arm; sums to 1; (n,).

    People seen at week 12 stand for those who were not, as in the fit.
    """
    weights = model.engine.first.weights[0] * free_people(may_start(model), usable)
    return weights / weights.sum()
