"""Bootstrap over participants, stratified so that every replicate holds every first arm and allowed set."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SMALLEST_STRATUM = 5


def bootstrap_counts(strata: npt.NDArray[np.intp], replicates: int, seed: int) -> npt.NDArray[np.int16]:
    """How often each person is in each replicate.

    Parameters
    ----------
    strata : int array, shape (n,)
        Stratum of each person; drawn with replacement inside the stratum.
    replicates : int
        Number of replicates R.
    seed : int
        Same seed, same counts.

    Returns
    -------
    int array, shape (R + 1, n)
        Row 0 is the full data: everybody once.
    """
    counts = np.ones((replicates + 1, len(strata)), dtype=np.int16)
    members = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    for r in range(1, replicates + 1):
        rng = np.random.default_rng([seed, r])
        for people in members:
            counts[r, people] = rng.multinomial(len(people), np.full(len(people), 1 / len(people)))
    return counts


def resampling_strata(
    arm: npt.NDArray[np.intp], allowed: npt.NDArray[np.bool_], least: int = SMALLEST_STRATUM
) -> npt.NDArray[np.intp]:
    """Strata of first arm and allowed set; the small ones of an arm are put together, for few people hardly vary.

    Parameters
    ----------
    arm : int array, shape (n,)
    allowed : bool array, shape (n, arms)
    least : int
        Strata with fewer people are small.

    Returns
    -------
    int array, shape (n,)
    """
    strata = strata_of(arm, allowed)
    small = np.bincount(strata, minlength=1)[strata] < least
    return strata_of(arm, np.where(small, -1, strata))


def strata_of(*labels: npt.NDArray) -> npt.NDArray[np.intp]:
    """Number the distinct combinations of several labels, one row a person; shape (n,)."""
    table = np.column_stack([np.asarray(part).astype(str).reshape(len(part), -1) for part in labels])
    return np.unique(table, axis=0, return_inverse=True)[1].ravel().astype(np.intp)
