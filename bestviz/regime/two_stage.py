"""The public regime: scikit-learn shaped, with no knowledge of any trial's measures or files."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from bestviz.errors import RegimeError
from bestviz.regime.arms import holds_treatment
from bestviz.regime.engine import Engine
from bestviz.regime.learners import LEARNERS, Learner
from bestviz.regime.tables import arm_table, check_probability, feature_table, matched, two_stage_data
from bestviz.regime.tuning import Tuning
from bestviz.regime.weights import distinct_exclusions, excluded_rows, weight_rows

Weights = Mapping[str, float] | pd.DataFrame | None
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class TwoStageRegime(BaseEstimator):
    """A two-stage dynamic treatment regime for a vector of outcomes, learned by backward induction.

    Parameters
    ----------
    learner : {"ensemble", "additive", "forest"}
        Smoother of the outcomes. The ensemble adds to the additive learner as much of a forest as lowers out-of-fold
        error.
    select : {"value", "error"}
        What becomes of an ensemble that leans on a forest: with "value" it is compared with its two members by the
        cross-fitted value of the rule that each learns (with at least 200 people with an outcome), and the best is
        used; with "error" it is used as it is.
    share_stages : {"auto"} or bool
        Whether first-stage effects may lean on second-stage effects of the same treatment; how much is learned.
    replicates : int
        Bootstrap replicates with drawn prior means, for intervals and chances.
    random_state : int
        Seed of everything random.

    Attributes
    ----------
    outcomes_ : tuple of str
        Outcomes learned; higher is better.
    first_arms_, second_arms_ : tuple of str
        Arms seen at each stage.
    treatments_ : tuple of str
        Treatments of all arms.
    engine_ : Engine
        The fitted smoothers.

    Notes
    -----
    Method: `docs/method.md`. Arms are as assigned. Missing features, states and outcomes are filled in; people who
    dropped out are stood for by inverse-probability weights. Questions before `fit` raise scikit-learn's
    `NotFittedError`.
    """

    def __init__(
        self,
        learner: Learner = "ensemble",
        select: str = "value",
        share_stages: bool | Literal["auto"] = "auto",
        replicates: int = 0,
        random_state: int = 0,
    ) -> None:
        self.learner = learner
        self.select = select
        self.share_stages = share_stages
        self.replicates = replicates
        self.random_state = random_state

    def fit(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame | None,
        second: pd.Series,
        outcomes: pd.DataFrame,
        allowed_first: pd.DataFrame | None = None,
        allowed_second: pd.DataFrame | None = None,
        first_probability: pd.Series | None = None,
        second_probability: pd.Series | None = None,
        *,
        carried: pd.DataFrame | None = None,
        early: pd.DataFrame | None = None,
        choosable_second: pd.DataFrame | None = None,
        aim: Mapping[str, float] | None = None,
        advance: Callable[[], None] = lambda: None,
    ) -> TwoStageRegime:
        """Learn the regime.

        Parameters
        ----------
        baseline : DataFrame
            Features before the first assignment; numeric or categorical, missing allowed.
        first : Series of str
            First arms; treatments of a combination joined by "+".
        interim : DataFrame or None
            Features before the second assignment; may have no columns.
        second : Series of str
            Second arms; missing after drop-out.
        outcomes : DataFrame
            Higher is better; missing allowed.
        allowed_first, allowed_second : DataFrame of bool, optional
            One column an arm; default every arm seen.
        first_probability, second_probability : Series, optional
            Probability of the arm assigned, above 0 and at most 1; for values of rules. Estimated where not given.
        carried : DataFrame, optional
            Further second-stage outcomes that never carry weight and do not tune the smoother, such as indicators.
        early : DataFrame, optional
            Quantities of the first stage to be smoothed on (baseline, first) along with the rest.
        choosable_second : DataFrame of bool, optional
            Allowed second arms among which the learned rule chooses, for example without arms that hardly anybody had;
            default all that are allowed.
        aim : mapping outcome -> weight, optional
            Weights at which learners are compared by value; default equal.
        advance : callable
            Called once a replicate and stage, for a progress bar.

        Raises
        ------
        RegimeError
            The tables cannot be learned from; the message says why.
        """
        self._check_parameters()
        tables = (baseline, first, interim, second, outcomes, allowed_first, allowed_second)
        further: dict[str, Any] = {"carried": carried, "early": early, "choosable_second": choosable_second}
        data = two_stage_data(*tables, **further)
        for name, values in (("first_probability", first_probability), ("second_probability", second_probability)):
            check_probability(values, data.baseline.index, name)
        share, seed = bool(self.share_stages), int(self.random_state)
        tuning = Tuning(self.learner, share)
        if self.learner == "ensemble" and self.select == "value":
            # Judging learns regimes itself.
            from bestviz.regime.judging.people import judged_people
            from bestviz.regime.selection import choose_by_value

            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # told just above
                people = judged_people(*tables, first_probability, second_probability, **further)
            tuning = choose_by_value(people, aim, share, seed)
        self.engine_ = Engine(data, int(self.replicates), seed, tuning, advance)
        self.outcomes_ = self.engine_.outcome_names[: self.engine_.weighable]
        self.first_arms_ = self.engine_.first_arms.labels
        self.second_arms_ = self.engine_.second_arms.labels
        both = self.engine_.first_arms.treatments + self.engine_.second_arms.treatments
        self.treatments_ = tuple(dict.fromkeys(both))
        return self

    def utilities_first(
        self,
        baseline: pd.DataFrame,
        weights: Weights = None,
        allowed: pd.DataFrame | None = None,
        excluded: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Expected weighted outcome of each first arm, followed by the learned second-stage rule.

        Parameters
        ----------
        baseline : DataFrame
            New rows; missing inputs are replaced by their conditional means.
        weights : mapping outcome -> weight, or DataFrame with a row a person, optional
            Scaled to sum 1; default equal.
        allowed : DataFrame of bool, optional
            One column a first arm.
        excluded : DataFrame of bool, optional
            One column a treatment: what this person can have at no stage.

        Returns
        -------
        DataFrame
            One column a first arm; NaN where not allowed.
        """
        check_is_fitted(self, "engine_")
        engine, index = self.engine_, baseline.index
        may = arm_table(allowed, index, self.first_arms_, "allowed")
        barred = excluded_rows(excluded, index, self.treatments_)
        may = may & ~_holds_barred(self.first_arms_, self.treatments_, barred)
        _refuse_empty(may, index)
        known = engine.filler.baseline.linear(feature_table(baseline, "baseline"))
        vectors = engine.weigh(weight_rows(weights, index, self.outcomes_))
        values = np.full(may.shape, np.nan)
        for out, members in distinct_exclusions(barred, self.treatments_):
            values[members] = engine.first_values(known[members], vectors[members], out)
        return pd.DataFrame(np.where(may, values, np.nan), index=index, columns=list(self.first_arms_))

    def decide_first(
        self,
        baseline: pd.DataFrame,
        weights: Weights = None,
        allowed: pd.DataFrame | None = None,
        excluded: pd.DataFrame | None = None,
    ) -> pd.Series:
        """First arm with the highest expected weighted outcome; parameters as in `utilities_first`."""
        return _best_arm(self.utilities_first(baseline, weights, allowed, excluded))

    def utilities_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame | None,
        weights: Weights = None,
        allowed: pd.DataFrame | None = None,
        excluded: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Expected weighted outcome of each second arm, given what is known at the second assignment.

        Parameters
        ----------
        baseline, interim : DataFrame
            New rows, missing allowed.
        first : Series of str
            First arms; each must have been seen in training.
        weights, allowed, excluded
            As in `utilities_first`; `allowed` has one column a second arm. Where exclusions leave nothing, the first
            arm is continued, with a warning, unless it is excluded itself.

        Returns
        -------
        DataFrame
            One column a second arm; NaN where not allowed.
        """
        check_is_fitted(self, "engine_")
        engine, index = self.engine_, baseline.index
        codes = self._first_codes(matched(first, index, "first"))
        may = arm_table(allowed, index, self.second_arms_, "allowed")
        barred = excluded_rows(excluded, index, self.treatments_)
        may = may & ~_holds_barred(self.second_arms_, self.treatments_, barred)
        may = self._or_continue(may, codes, barred, index)
        vectors = weight_rows(weights, index, self.outcomes_)
        known = engine.filler.baseline.linear(feature_table(baseline, "baseline"))
        table = feature_table(pd.DataFrame(index=index) if interim is None else interim, "interim")
        state = engine.filler.fill_interim(known, codes, matched(table, index, "interim"))
        values = np.einsum("mak,mk->ma", engine.second_values(known, state, codes), vectors)
        return pd.DataFrame(np.where(may, values, np.nan), index=index, columns=list(self.second_arms_))

    def decide_second(
        self,
        baseline: pd.DataFrame,
        first: pd.Series,
        interim: pd.DataFrame | None,
        weights: Weights = None,
        allowed: pd.DataFrame | None = None,
        excluded: pd.DataFrame | None = None,
    ) -> pd.Series:
        """Second arm with the highest expected weighted outcome; parameters as in `utilities_second`."""
        return _best_arm(self.utilities_second(baseline, first, interim, weights, allowed, excluded))

    def _check_parameters(self) -> None:
        if self.learner not in LEARNERS:
            raise RegimeError(f"Unknown learner {self.learner!r}; choose {' or '.join(LEARNERS)}.")
        if self.select not in ("value", "error"):
            raise RegimeError(f"select must be 'value' or 'error', not {self.select!r}.")
        if self.share_stages not in ("auto", True, False):
            raise RegimeError(f"share_stages must be 'auto', True or False, not {self.share_stages!r}.")
        for name in ("replicates", "random_state"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
                raise RegimeError(f"{name} must be a whole number, 0 or more, not {value!r}.")

    def _first_codes(self, first: pd.Series) -> npt.NDArray[np.intp]:
        codes = self.engine_.first_arms.codes(first)
        if first.isna().any():
            raise RegimeError(f"The first arm of row {first.index[first.isna()][0]!r} is missing; say what it was.")
        if (codes < 0).any():
            raise RegimeError(
                f"First arm {first[codes < 0].iloc[0]!r} was never seen in training; "
                f"known are {', '.join(self.first_arms_)}."
            )
        return codes

    def _or_continue(
        self, may: BoolArray, first: npt.NDArray[np.intp], barred: BoolArray, index: pd.Index
    ) -> BoolArray:
        """Allowed second arms; the first arm where exclusions leave nothing else and it is not excluded itself."""
        empty = np.flatnonzero(~may.any(axis=1))
        if len(empty):
            stay = self.engine_.second_arms.codes([self.first_arms_[c] for c in first[empty]])
            excluded = _holds_barred(self.first_arms_, self.treatments_, barred[empty])
            excluded = excluded[np.arange(len(empty)), first[empty]]
            _refuse_empty(((stay >= 0) & ~excluded)[:, None], index[empty])
            may[empty, stay] = True
            warnings.warn(
                f"For {len(empty)} row(s) no second arm is left; continuing the first arm is assumed, "
                "an extrapolation.",
                stacklevel=3,
            )
        return may


def _refuse_empty(may: BoolArray, index: pd.Index) -> None:
    empty = np.flatnonzero(~may.any(axis=1))
    if len(empty):
        raise RegimeError(
            f"After exclusions no arm is left for {len(empty)} row(s), the first being {index[empty[0]]!r}; "
            "exclude less or leave out these rows."
        )


def _holds_barred(arms: tuple[str, ...], treatments: tuple[str, ...], barred: BoolArray) -> BoolArray:
    """Which arm holds a treatment that is barred for the row; shape (rows, arms)."""
    return barred @ holds_treatment(arms, treatments).T


def _best_arm(utilities: pd.DataFrame) -> pd.Series:
    best: Any = utilities.to_numpy()
    labels = np.asarray(utilities.columns, dtype=object)
    return pd.Series(labels[np.nanargmax(best, axis=1)], index=utilities.index, dtype="str")
