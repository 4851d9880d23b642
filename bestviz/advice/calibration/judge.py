"""What a regime learned in a simulated world says of some people, beside what is true of them there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from bestviz.advice.calibration.factors import Judged
from bestviz.advice.calibration.tables import Tables
from bestviz.advice.calibration.world import Week12, World
from bestviz.advice.fitting import enough_people
from bestviz.regime.engine import Engine
from bestviz.regime.weights import distinct_exclusions
from bestviz.trial import TREATMENTS, allowed_first_table
from bestviz.trial.allowed import contraindication_table

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]

# People who are asked about in a world, and how often the state at week 12 of each is drawn.
PEOPLE, DRAWS = 40, 100


@dataclass(frozen=True)
class People:
    """People of the trial with everything known at baseline.

    Attributes
    ----------
    who : int array, shape (n,)
        Positions among the people of the source.
    baseline : array, shape (n, q)
        As the model sees them, in whose terms the truth is.
    known : array, shape (n, q')
        As the regime learned in the world sees them.
    allowed : bool array, shape (n, first arms)
    """

    who: IntArray
    baseline: FloatArray
    known: FloatArray
    allowed: BoolArray

    def __len__(self) -> int:
        """Number of people."""
        return len(self.who)


@dataclass(frozen=True)
class Refit:
    """A regime learned in a world.

    Attributes
    ----------
    world : World
    drawn : Tables
        The trial that was simulated in it.
    learned : Engine
    """

    world: World
    drawn: Tables
    learned: Engine

    def judge(self, weights: FloatArray, seed: tuple[int, ...]) -> tuple[Judged, Judged]:
        """Estimates and truth of first arms, followed by the learned rule, and of second arms.

        Parameters
        ----------
        weights : array, shape (W, weighable outcomes)
        seed : tuple of int
            Same seed, same people and states.
        """
        people = self._people(np.random.default_rng(seed))
        courses = [self._course(people, arm, weights, seed) for arm in range(people.allowed.shape[1])]
        truth = np.stack([values for values, _ in courses], axis=2)
        estimates, competing = self._first_estimates(people, weights)
        first = Judged.stacked(estimates, competing, truth, np.broadcast_to(people.allowed, truth.shape))
        return first, Judged.joined([later for _, later in courses])

    def _people(self, rng: np.random.Generator) -> People:
        source = self.world.source
        who = rng.choice(len(source.trial), min(PEOPLE, len(source.trial)), replace=False)
        frame, baseline = source.complete_baseline(who, rng)
        known = self.learned.filler.baseline.linear(_familiar(frame, self.drawn.baseline))
        allowed = allowed_first_table(source.trial.contraindications.iloc[who])[list(self.learned.first_arms.labels)]
        return People(who, baseline, known, allowed.to_numpy())

    def _first_estimates(self, people: People, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Estimates of first arms, and of the same when they compete; each (W, people, arms, R + 1)."""
        rows = self.learned.first_rows(people.known)
        shape = (len(weights), *people.allowed.shape, self.learned.replicates + 1)
        estimates, competing = np.empty(shape), np.empty(shape)
        barred = contraindication_table(self.world.source.trial.contraindications.iloc[people.who])
        for out, members in distinct_exclusions(barred.to_numpy(), tuple(TREATMENTS)):
            for w, weight in enumerate(self.learned.weigh(weights)):
                rule = self.learned.first_rule(weight, out)
                estimates[w, members] = rows[members] @ rule.coefficients.T
                competing[w, members] = rows[members] @ rule.anew.T
        return estimates, competing

    def _course(
        self, people: People, arm: int, weights: FloatArray, seed: tuple[int, ...]
    ) -> tuple[FloatArray, Judged]:
        """True utilities (W, people) of a first arm followed by the learned rule; and second arms in the first draw."""
        source, learned, count = self.world.source, self.learned, len(people)
        rows, first = np.tile(np.arange(count), DRAWS), np.full(count * DRAWS, arm)
        baseline, known = people.baseline[rows], people.known[rows]
        # The same noise for every arm: differences are then hardly blurred by it.
        week12 = self.world.week12(people.who[rows], baseline, first, np.random.default_rng((*seed, 1)), mirrored=True)
        state = learned.filler.fill_interim(known, first, _familiar(week12.state, self.drawn.interim))
        places = source.engine.second_arms.codes(learned.second_arms.labels)
        truth = self.world.expected(baseline, week12, first)[:, places, : learned.weighable] @ weights.T
        advised, followed = self._options(week12, first)
        said = learned.second_values(known, state, first) @ weights.T
        rule = np.where(followed[:, :, None], said, -np.inf).argmax(axis=1)
        reached = np.take_along_axis(truth, rule[:, None], axis=1).reshape(DRAWS, count, -1).mean(axis=0)
        composite = learned.second.coefficients @ learned.weigh(weights).T
        designs = learned.second_rows(known[:count], state[:count], first[:count])
        estimates = np.moveaxis(np.tensordot(designs, composite, axes=(2, 1)), 3, 0)
        now = np.moveaxis(truth[:count], 2, 0)
        may = np.broadcast_to(advised[:count] & people.allowed[:, [arm]], now.shape)
        return reached.T, Judged.stacked(estimates, estimates, now, may)

    def _options(self, week12: Week12, first: IntArray) -> tuple[BoolArray, BoolArray]:
        """Second arms that are advised, and those that the rule follows, which always has one; (rows, arms) each.

        Advised are allowed ones that enough people in the world had. Where there are none, the rule takes any that is
        allowed, and continues the first arm where none is, as it assumes when it learns.
        """
        labels = list(self.learned.second_arms.labels)
        places = self.world.source.engine.second_arms.codes(labels)
        allowed = week12.allowed[:, places]
        here = pd.DataFrame({"first": self.world.source.arms(first), "response": week12.state["response"]})
        advised = enough_people(self.drawn.history, pd.DataFrame(allowed, columns=labels), here).to_numpy()
        continued = here["first"].to_numpy(object)[:, None] == np.array(labels, dtype=object)
        followed = advised
        for instead in (allowed, continued, np.ones_like(allowed)):
            followed = np.where(followed.any(axis=1, keepdims=True), followed, instead)
        return advised, followed


def _familiar(frame: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Rows without names that nobody in the world has; a regime takes those as not known."""
    familiar = frame.copy()
    for name, values in frame.items():
        if not is_numeric_dtype(values):
            familiar[name] = values.where(values.isin(seen[name]))
    return familiar
