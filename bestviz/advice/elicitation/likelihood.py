"""How people with given weights rank and choose: likelihoods of rankings and of either-or answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class ChoiceModel:
    """Logistic choice with noise, ties and lapses.

    Importance is measured against that of an average outcome: one meaningful change in an outcome of weight 1 / K is
    worth `sharpness` on the logistic scale. An either-or answer follows the logistic model with ties of Davidson
    (1970, doi 10.1080/01621459.1970.10481082), a ranking that of Plackett and Luce (doi 10.2307/2346567), tied
    outcomes each counted against all that were left (Breslow 1974, doi 10.2307/2529620), so that a tie speaks for equal
    importance. With a small chance a statement is a random one: a slip of attention is never proof.

    Attributes
    ----------
    sharpness : tuple of float
        Grid over which the unknown sharpness is averaged, all values equally likely beforehand.
    tie : float
        Chance of "about equal" against either side alone when both sides are worth the same.
    lapse : float
        Chance that a statement has nothing to do with the weights.
    """

    sharpness: tuple[float, ...] = (0.75, 1.5, 3.0, 6.0)
    tie: float = 0.5
    lapse: float = 0.05

    def answers(self, worth: FloatArray, sharpness: float) -> tuple[FloatArray, FloatArray]:
        """Chances of answering "a" and "equal".

        Parameters
        ----------
        worth : array
            K times the weighted difference between A and B, in meaningful changes.
        sharpness : float
        """
        up = np.exp(0.5 * sharpness * worth)
        down = 1 / up
        share = (1 - self.lapse) / (up + down + self.tie)
        return up * share + self.lapse / 3, self.tie * share + self.lapse / 3

    def log_answers(self, worth: FloatArray, chosen: IntArray) -> FloatArray:
        """Log-likelihood of answers at every sharpness.

        Parameters
        ----------
        worth : array, shape (N, Q)
        chosen : int array, shape (Q,)
            1 for A, -1 for B, 0 for about equal.

        Returns
        -------
        array, shape (N, Q, G)
        """
        logs = np.empty((*worth.shape, len(self.sharpness)))
        for place, sharpness in enumerate(self.sharpness):
            a, equal = self.answers(np.where(chosen < 0, -worth, worth), sharpness)
            logs[:, :, place] = np.log(np.where(chosen == 0, equal, a))
        return logs

    def log_ranking(self, weights: FloatArray, groups: tuple[tuple[int, ...], ...]) -> FloatArray:
        """Log-likelihood of a ranking at every sharpness.

        Parameters
        ----------
        weights : array, shape (N, K)
        groups : tuple of tuples of int
            Positions of outcomes, most important first; outcomes of one tuple are tied. Outcomes that are in none come
            after all of them, in no known order.

        Returns
        -------
        array, shape (N, G)
        """
        count = weights.shape[1]
        relative = weights - weights.max(axis=1, keepdims=True)
        logs = np.zeros((len(weights), len(self.sharpness)))
        for place, sharpness in enumerate(self.sharpness):
            strength = np.exp(sharpness * count * relative)
            left = list(range(count))
            for group in groups:
                if len(left) == 1:
                    break
                share = strength[:, group] / strength[:, left].sum(axis=1, keepdims=True)
                logs[:, place] += np.log((1 - self.lapse) * share + self.lapse / len(left)).sum(axis=1)
                left = [outcome for outcome in left if outcome not in group]
        return logs
