"""Doubly robust scores: what each person's course says about the value of each option, and so of any rule.

The score of an option is what the model expects of it, plus, for people who were assigned it, how far they ended from
that, weighted by the inverse probability of being assigned it and of being seen. Its mean is the mean outcome had
everybody had that option if either the expectations or the probabilities are right (Robins, Rotnitzky & Zhao 1994,
doi 10.1080/01621459.1994.10476818). Used at the second stage and then, with the scores of the second stage followed,
at the first, it gives the estimator of Zhang, Tsiatis, Laber & Davidian 2013 (doi 10.1093/biomet/ast014):

    psi = sum_a g1(a) Q1(a) + g1(A1)/pi1 S/p_s (V2 - Q1(A1)) + g1(A1) g2(A2)/(pi1 pi2) S O/(p_s p_o) (Y - Q2(A2))

with V2 = sum_b g2(b) Q2(b). Everything is linear in the outcomes and keeps them apart: every outcome is corrected among
the people in whom that outcome was seen, with its own probability of being seen. So the score of a weighted outcome is
the weighted sum of the scores, and nobody is left out for lack of one of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Stage:
    """One stage of people's courses.

    Attributes
    ----------
    expected : array, shape (n, arms, K)
        Expected outcomes of every arm; finite for everybody, also for people who never came to this stage.
    probability : array, shape (n, arms)
        Of being assigned each arm.
    assigned : int array, shape (n,)
        Arm assigned; -1 for none.
    seen : array, shape (n,) or (n, K)
        1 / probability of being seen for who was seen, 0 for who was not.
    """

    expected: FloatArray
    probability: FloatArray
    assigned: IntArray
    seen: FloatArray

    def scores(self, followed: FloatArray) -> FloatArray:
        """Scores of every arm.

        Parameters
        ----------
        followed : array, shape (n, K)
            What followed: the outcomes, or the scores of the next stage under a rule. Read only where seen.

        Returns
        -------
        array, shape (n, arms, K)
        """
        who = np.flatnonzero(self.assigned >= 0)
        arm = self.assigned[who]
        seen = np.broadcast_to(self.seen.reshape(len(self.seen), -1), followed.shape)[who]
        surprise = np.where(seen > 0, followed[who] - self.expected[who, arm], 0.0)
        scores = self.expected.copy()
        scores[who, arm] += seen * surprise / self.probability[who, arm][:, None]
        return scores


def under(rule: FloatArray, options: FloatArray) -> FloatArray:
    """Mean over the options as a rule takes them.

    Parameters
    ----------
    rule : array, shape (n, arms)
        Probability with which the rule takes each arm.
    options : array, shape (n, arms, K)

    Returns
    -------
    array, shape (n, K)
    """
    return np.einsum("na,nak->nk", rule, options)


def regime_scores(
    first: Stage, second: Stage, outcomes: FloatArray, first_rule: FloatArray, second_rule: FloatArray
) -> FloatArray:
    """Scores of a two-stage regime; their mean is its value.

    Parameters
    ----------
    first : Stage
        Its expected outcomes are those of every first arm followed by the regime's second-stage rule.
    second : Stage
    outcomes : array, shape (n, K)
        Missing (NaN) where not seen.
    first_rule, second_rule : array, shape (n, arms of the stage)
        Probability with which the regime takes each arm; 0 for arms that a person may not have.

    Returns
    -------
    array, shape (n, K)
    """
    later = under(second_rule, second.scores(outcomes))
    return under(first_rule, first.scores(later))


def early_scores(first: Stage, outcomes: FloatArray, first_rule: FloatArray) -> FloatArray:
    """Scores of a regime for outcomes before the second assignment, which depend on the first arm alone: (n, E).

    Parameters
    ----------
    first : Stage
        Its expected outcomes (n, arms, E) and chances of being seen (n, E) are those of these outcomes.
    """
    return under(first_rule, first.scores(outcomes))
