"""Cross-fitting: everything is learned anew without each fold of people, who are then judged.

After Chernozhukov et al. 2018 (doi 10.1111/ectj.12097). What is repeated is the whole procedure: learning, every
choice, probabilities of assignment and of being seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone

from bestviz.errors import RegimeError
from bestviz.regime.engine import Engine
from bestviz.regime.judging.chances import Chances
from bestviz.regime.judging.part import Cases, Part, Source, cases_of
from bestviz.regime.judging.people import JudgedPeople, tables_of
from bestviz.regime.judging.probabilities import Randomisation
from bestviz.regime.judging.view import Encoded, View
from bestviz.regime.tables import TwoStageData
from bestviz.regime.threads import in_one_thread, one_thread
from bestviz.regime.two_stage import TwoStageRegime

IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

Fit = Callable[[TwoStageData], Engine]


@dataclass(frozen=True)
class History:
    """What an engine's training people could have and had, a row each in the order of the tables it was learned from.

    Attributes
    ----------
    first, second, group : Series of str
        Arms assigned and class at the second assignment; missing where there is none.
    allowed_first, allowed_second, choosable_second : DataFrame of bool
        One column an arm.
    """

    first: pd.Series
    second: pd.Series
    group: pd.Series
    allowed_first: pd.DataFrame
    allowed_second: pd.DataFrame
    choosable_second: pd.DataFrame


def refit(regime: TwoStageRegime, **settings: Any) -> Fit:
    """The whole procedure of a regime, without replicates: they are for intervals of predictions, not for values.

    `settings` go to `TwoStageRegime.fit` beside the tables.
    """

    def fit(data: TwoStageData) -> Engine:
        return clone(regime).set_params(replicates=0).fit(**tables_of(data), **settings).engine_

    return fit


def folds_of(first: IntArray, folds: int, seed: int) -> list[IntArray]:
    """People (n,) dealt into folds of equal size, every first arm spread evenly over them; same seed, same folds.

    Raises
    ------
    RegimeError
        Fewer than 2 folds, or more than people.
    """
    if not 2 <= folds <= len(first):
        raise RegimeError(f"folds must be at least 2 and at most the number of people ({len(first)}), not {folds}.")
    mixed = np.random.default_rng([seed, 5]).permutation(len(first))
    dealt = mixed[np.argsort(first[mixed], kind="stable")]
    return [np.sort(dealt[fold::folds]) for fold in range(folds)]


def cross_fit(
    people: JudgedPeople, fit: Fit, folds: int, repeats: int, seed: int, advance: Callable[[], None],
    only: Collection[str] | None = None,
) -> list[list[Part]]:  # fmt: skip
    """Learn without each fold and see the fold through what was learned; through joblib as the caller has set it.

    Parameters
    ----------
    only : collection of str, optional
        Judge these outcomes alone, which is quicker.

    Returns
    -------
    list over repeats of lists over folds of Part

    Raises
    ------
    RegimeError
        Too many folds, or nothing can be learned without one of them.
    """
    groups = groups_of(people.group)
    splits = [folds_of(people.first, folds, seed + repeat) for repeat in range(repeats)]
    tasks = [(people, groups, rows, fit, only) for split in splits for rows in split]
    return _grouped(_run(_learned_without, tasks, advance), folds)


def see_through(
    people: JudgedPeople, engine: Engine, history: History, folds: int, repeats: int, seed: int,
    advance: Callable[[], None],
) -> list[list[Part]]:  # fmt: skip
    """See new people through an engine that was learned elsewhere and stays as it is.

    Only the probabilities of assignment and of being seen are estimated here, without each fold.
    """
    groups = groups_of(pd.concat([people.group, history.group]))
    view = View(engine, people)
    training = _training_cases(view, people, history, groups)
    splits = [folds_of(people.first, folds, seed + repeat) for repeat in range(repeats)]
    tasks = [(people, groups, rows, view, training) for split in splits for rows in split]
    return _grouped(_run(_seen_without, tasks, advance), folds)


def groups_of(group: pd.Series) -> tuple[str, ...]:
    """Labels of the classes."""
    return tuple(sorted(set(group.dropna())))


def _grouped(parts: list[Part], folds: int) -> list[list[Part]]:
    return [parts[begin : begin + folds] for begin in range(0, len(parts), folds)]


def _run(task: Callable[..., Part], arguments: Sequence[tuple[object, ...]], advance: Callable[[], None]) -> list[Part]:
    parts = []
    with quietly(), one_thread():
        for part in Parallel(return_as="generator")(delayed(in_one_thread)(task, *each) for each in arguments):
            parts.append(part)
            advance()
    return parts


@contextmanager
def quietly() -> Iterator[None]:
    """Say nothing of what a fold lacks: all people as one were warned about, or lack nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Allowed .* never occur")
        warnings.filterwarnings("ignore", message=".*was not seen in training and is treated as not known")
        yield


def _learned_without(
    people: JudgedPeople, groups: tuple[str, ...], rows: IntArray, fit: Fit, only: Collection[str] | None
) -> Part:
    others = np.setdiff1d(np.arange(len(people)), rows)
    training = people.take(others)
    try:
        engine = fit(training.data)
    except RegimeError as error:
        raise RegimeError(
            f"Nothing can be learned without one of the folds of people, so nothing is judged: {error}"
        ) from None
    view = View(engine, people, only)
    encoded = view.encode(training)
    chances = Chances.fit(view, training, encoded)
    table = chances.second_table(view, training, encoded)
    cases = cases_of(view, training, encoded, groups, table).take(engine.people)
    return Part.of(view, cases, Source(chances, people, others, False), rows, groups)


def _seen_without(people: JudgedPeople, groups: tuple[str, ...], rows: IntArray, view: View, training: Cases) -> Part:
    others = np.setdiff1d(np.arange(len(people)), rows)
    known = people.take(others)
    chances = Chances.fit(view, known, view.encode(known))
    return Part.of(view, training, Source(chances, people, others, True), rows, groups)


def _training_cases(view: View, people: JudgedPeople, history: History, groups: tuple[str, ...]) -> Cases:
    """The engine's own training people, in the order of the arms of new people."""
    engine, rows = view.engine, view.engine.people
    first_labels, second_labels = people.data.first_arms.labels, people.data.second_arms.labels
    first = history.first.iloc[rows]
    continued = people.data.second_arms.codes(first)
    allowed_second = _flags(history.allowed_second, second_labels, rows, continued)
    choosable = _flags(history.choosable_second, second_labels, rows, continued)
    encoded = Encoded(engine.completed.baseline, engine.completed.interim[0], engine.first_arms.codes(first))
    second = people.data.second_arms.codes(history.second.iloc[rows])
    second = np.where(allowed_second[np.arange(len(rows)), second], second, -1)
    features = view.before_second(encoded)
    return Cases(
        encoded.baseline,
        _flags(history.allowed_first, first_labels, rows, people.data.first_arms.codes(first)),
        people.data.first_arms.codes(first),
        pd.Index(groups, dtype=object).get_indexer(pd.Index(history.group.iloc[rows], dtype=object)).astype(np.intp),
        choosable,
        Randomisation.fit(allowed_second, second, features).table(allowed_second, features),
        view.second_expected(encoded),
    )


def _flags(table: pd.DataFrame, labels: tuple[str, ...], rows: IntArray, otherwise: IntArray) -> BoolArray:
    """Flags of the arms in another order; where somebody may have none of them, one arm (n,), or all for -1."""
    flags = table.reindex(columns=list(labels), fill_value=False).to_numpy(bool)[rows]
    instead = (otherwise[:, None] == np.arange(len(labels))) | (otherwise[:, None] < 0)
    return np.where(flags.any(axis=1, keepdims=True), flags, instead)
