"""Second arms as moves from the first arm: continue, add a treatment, switch to other treatments.

A tree of the second stage is for people with different first arms, so its leaves name moves: "add DUL" is ACT+DUL after
ACT. Moves follow from the labels of the arms alone (treatments joined by "+").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bestviz.errors import RegimeError
from bestviz.regime.tables import flag_table
from bestviz.regime.trees.gate import same_people

CONTINUE = "continue"
ADD = "add "
SWITCH = "switch to "


def move_of(first: str, second: str) -> str:
    """Name the step from a first to a second arm.

    Returns
    -------
    str
        `continue` where the treatments stay the same, `add X` where X comes to all of them, else `switch to Y` with Y
        the second arm.
    """
    before, after = first.split("+"), second.split("+")
    if set(before) == set(after):
        return CONTINUE
    if set(before) <= set(after):
        return ADD + "+".join(t for t in after if t not in before)
    return SWITCH + second


@dataclass(frozen=True)
class Moves:
    """All moves that somebody may make; learned from people by `learn`.

    Attributes
    ----------
    labels : tuple of str
        Continue, then what can be added, then what can be switched to, by treatments in the order of the second arms.
    arms : mapping of str to mapping of str to str
        For each first arm, the second arm that each possible move leads to.
    """

    labels: tuple[str, ...]
    arms: Mapping[str, Mapping[str, str]]

    @classmethod
    def learn(cls, first: pd.Series, allowed: pd.DataFrame) -> Moves:
        """List the moves from the first to any of the allowed second arms of at least one person.

        Parameters
        ----------
        first : Series of str
            First arm of each person.
        allowed : DataFrame of bool
            One column a second arm, matched by index.

        Raises
        ------
        RegimeError
            Two second arms hold the same treatments, or the tables do not fit together.
        """
        flags = flag_table(allowed, allowed.index, "allowed")
        same_people(first, flags.index, "first")
        seen: dict[frozenset[str], str] = {}
        for arm in flags.columns:
            other = seen.setdefault(frozenset(arm.split("+")), arm)
            if other != arm:
                raise RegimeError(f"Second arms {other} and {arm} hold the same treatments; use one label.")
        some = flags.groupby(first.loc[flags.index].astype(object)).any()
        arms = {
            str(start): {move_of(str(start), arm): arm for arm in some.columns[row]} for start, row in some.iterrows()
        }
        order = {t: at for at, t in enumerate(dict.fromkeys(t for arm in flags.columns for t in arm.split("+")))}
        labels = {move for moves in arms.values() for move in moves}
        return cls(tuple(sorted(labels, key=lambda move: _place(move, order))), arms)

    @property
    def alternatives(self) -> dict[str, str]:
        """For each move, the other move with the same treatment (added or switched to), where there is one."""
        swapped = {ADD + m.removeprefix(SWITCH): m for m in self.labels if m.startswith(SWITCH)}
        pairs = {m: swapped[m] for m in self.labels if m in swapped}
        return {m: other for pair in pairs.items() for m, other in (pair, pair[::-1])}

    def scores(self, first: pd.Series, scores: pd.DataFrame) -> pd.DataFrame:
        """Scores of the moves from those of the second arms.

        Parameters
        ----------
        first : Series of str
            First arm of each person.
        scores : DataFrame
            One column a second arm.

        Returns
        -------
        DataFrame
            One column a move; NaN where nobody with the same first arm could make the move.
        """
        first = self._first(first, scores.index)
        return self._by_move(first, self._columns(scores, "scores").astype(float), np.nan)

    def allowed(self, first: pd.Series, allowed: pd.DataFrame) -> pd.DataFrame:
        """Allowed moves from allowed second arms (missing means no); arguments as in `scores`.

        A second arm that nobody with the same first arm was allowed in learning is no move, and not allowed.
        """
        first = self._first(first, allowed.index)
        return self._by_move(first, flag_table(self._columns(allowed, "allowed"), allowed.index, "allowed"), False)

    def second_arms(self, first: pd.Series, moves: pd.Series) -> pd.Series:
        """Second arms from first arms and moves.

        Raises
        ------
        RegimeError
            A first arm is not known, or a move leads to no second arm.
        """
        first = self._first(first, moves.index)
        arms = [self.arms[start].get(move) for start, move in zip(first, moves, strict=True)]
        if None in arms:
            at = arms.index(None)
            raise RegimeError(f"After {first.iloc[at]} there is no second arm for the move {moves.iloc[at]!r}.")
        return pd.Series(arms, index=moves.index, dtype="str")

    def _by_move(self, first: pd.Series, table: pd.DataFrame, absent: float | bool) -> pd.DataFrame:
        values = pd.DataFrame(absent, index=table.index, columns=list(self.labels))
        for start, arms in self.arms.items():
            rows = (first == start).to_numpy()
            values.loc[rows, list(arms)] = table.loc[rows, list(arms.values())].to_numpy()
        return values

    def _columns(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        """The second arms' columns of a table."""
        second = list(dict.fromkeys(arm for arms in self.arms.values() for arm in arms.values()))
        gaps = [arm for arm in second if arm not in table.columns]
        if gaps:
            raise RegimeError(f"{name} has no column {', '.join(gaps)}; give one column a second arm.")
        return table[second]

    def _first(self, first: pd.Series, index: pd.Index) -> pd.Series:
        same_people(first, index, "first")
        first = first.loc[index]
        if first.isna().any():
            raise RegimeError(f"The first arm of row {first.index[first.isna()][0]!r} is missing; say what it was.")
        unknown = [arm for arm in first.unique() if arm not in self.arms]
        if unknown:
            raise RegimeError(f"First arm {unknown[0]!r} is not known; known are {', '.join(self.arms)}.")
        return first


def _place(move: str, order: Mapping[str, int]) -> tuple[int, ...]:
    """Where a move stands among others: by what is done, then by treatments in a given order."""
    for kind, word in enumerate((ADD, SWITCH)):
        if move.startswith(word):
            return kind + 1, *(order[t] for t in move.removeprefix(word).split("+"))
    return (0,)
