"""All second arms that each training person could have had, as one long list of (person, arm) pairs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.regime.arms import ArmCoding, holds_treatment

IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """The (person, second arm) pairs over which backward induction maximises.

    Attributes
    ----------
    person, arm : int array, shape (P,)
        Position of the person among the training people and of the arm among the second arms.
    allowed : bool array, shape (P,)
        False only for the fallback of people for whom nothing else is left: continuing the first arm.
    table : int array, shape (n, most)
        Pairs of each person; -1 where a person has fewer.
    holds : bool array, shape (P, treatments)
        Treatments of the pair's arm that the person was not already on.
    treatments : tuple of str
    """

    person: IntArray
    arm: IntArray
    allowed: BoolArray
    table: IntArray
    holds: BoolArray
    treatments: tuple[str, ...]

    @classmethod
    def list_all(cls, allowed: BoolArray, arms: ArmCoding, first: list[str]) -> Pairs:
        """List the pairs of people with allowed sets (n, arms) and first arms (n labels)."""
        continued = arms.codes(first)
        offered = allowed.copy()
        rows = np.flatnonzero(continued >= 0)
        offered[rows, continued[rows]] = True
        person, arm = np.nonzero(offered)
        held = holds_treatment(arms.labels, arms.treatments)[arm]
        # Exclusions never touch what a person was on already: people who started an excluded treatment only inform what
        # all arms share.
        held &= ~holds_treatment(first, arms.treatments)[person]
        order = np.arange(len(person))
        start = np.searchsorted(person, np.arange(len(allowed)))
        table = np.full((len(allowed), offered.sum(axis=1).max(initial=0)), -1, dtype=np.intp)
        table[person, order - start[person]] = order
        return cls(person, arm, allowed[person, arm], table, held, arms.treatments)

    def open_to(self, excluded: Collection[str]) -> BoolArray:
        """Pairs that remain when some treatments can be had at no stage; the fallback where nothing remains.

        Returns
        -------
        bool array, shape (P,)
        """
        barred = [i for i, t in enumerate(self.treatments) if t in excluded]
        remains = self.allowed & ~self.holds[:, barred].any(axis=1)
        nothing_left = ~self._people_with(remains)
        # Somebody whose first arm is no second arm has no fallback: the excluded arms then stand for it.
        last_resort = ~self.allowed | ~self._people_with(~self.allowed)[self.person]
        return remains | (nothing_left[self.person] & last_resort)

    def _people_with(self, pairs: BoolArray) -> BoolArray:
        """Who has at least one of the marked pairs; shape (n,)."""
        found = np.zeros(len(self.table), dtype=bool)
        found[self.person[pairs]] = True
        return found

    def best(self, values: npt.NDArray[np.float64], open_pairs: BoolArray) -> IntArray:
        """Pair with the highest value for each person.

        Parameters
        ----------
        values : array, shape (R, P)
        open_pairs : bool array, shape (P,)

        Returns
        -------
        int array, shape (R, n)
        """
        first, *others = self.table.T
        winner = np.tile(first, (len(values), 1))
        highest = np.where(open_pairs[first], values[:, first], -np.inf)
        for pair in others:
            candidate = np.where((pair >= 0) & open_pairs[pair], values[:, pair], -np.inf)
            better = candidate > highest
            winner, highest = np.where(better, pair, winner), np.where(better, candidate, highest)
        return winner
