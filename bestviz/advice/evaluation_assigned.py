"""Who gets what: treatments as they were randomised, and as they would be under the learned regime.

The response at week 12 under the recommended first treatment is known only of people who happened to be assigned it.
They stand for everybody to whom it is recommended, weighted by the inverse probability of having been assigned it and
of having come at week 12. Each is told by rules that were learned without them: a rule that has seen a person's
outcomes recommends what went well, and too many would seem to respond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.evaluation import TrialJudge
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.advice.responders.cohort import Cohort
from bestviz.advice.threads import one_thread
from bestviz.advice.uncertainty import NEGLIGIBLE, Z_90, spread
from bestviz.cohort.sequences import STAGES, Node
from bestviz.cohort.suppression import LEAST, Arc, Count, protect
from bestviz.cohort.tables import protect_groups
from bestviz.data.dataset import Trial
from bestviz.regime.judging.part import Part
from bestviz.regime.judging.plans import learned_first, learned_second
from bestviz.regime.weights import weight_rows
from bestviz.trial import ACTIONS, ARMS, RESPONSE_CLASSES, SINGLE_ARMS, action_of
from bestviz.trial.schedule import PRIMARY_WEEK

FloatArray = npt.NDArray[np.float64]

Link = tuple[Node, Node]
_ORDERS: dict[str, Sequence[str]] = dict(zip(STAGES, (SINGLE_ARMS, RESPONSE_CLASSES, ACTIONS, ARMS), strict=True))


@dataclass(frozen=True)
class Share:
    """A share of people as it may be shown.

    Attributes
    ----------
    value : float
    hidden : bool
        Whether it rests on so few people that it is not shown.
    """

    value: float
    hidden: bool


@dataclass(frozen=True)
class Paths:
    """How people go from the first treatment to the second.

    Attributes
    ----------
    table : DataFrame
        One row a path: its `STAGES`, `share` of everybody, and `people` on whom it rests.
    is_weighted : bool
        Whether shares are weighted: then no count can be worked out from others.
    """

    table: pd.DataFrame
    is_weighted: bool

    @cached_property
    def nodes(self) -> dict[Node, Share]:
        """Share of people at each node, in the order of drawing."""
        found: dict[Node, float] = {}
        for stage, order in _ORDERS.items():
            sums = self._sums("share", stage)
            found |= {(stage, name): sums[(name,)] for name in order if (name,) in sums}
        return {node: Share(value, node in self._hidden) for node, value in found.items()}

    @cached_property
    def links(self) -> dict[Link, Share]:
        """Share of people who go from one node to the next, in the order of drawing."""
        order = list(self.nodes)
        found = {
            ((a, one), (b, two)): value
            for a, b in pairwise(STAGES)
            for (one, two), value in self._sums("share", a, b).items()
        }
        ranked = sorted(found, key=lambda link: (order.index(link[0]), order.index(link[1])))
        return {link: Share(found[link], link in self._hidden) for link in ranked}

    @cached_property
    def _hidden(self) -> set[Node | Link]:
        """Nodes and links that rest on too few people, and those from which these could be worked out."""
        arcs: dict[Node | Link, Arc] = {}
        doors = []
        for stage in STAGES:
            for (name,), people in self._sums("people", stage).items():
                arc = Arc(("in", stage, name), ("out", stage, name), int(people), 5.0)
                arcs[stage, name] = arc
                doors += [Arc("end", arc.tail, arc.value, 5.0)] if stage == STAGES[0] else []
                doors += [Arc(arc.head, "end", arc.value, 5.0)] if stage == STAGES[-1] else []
        for a, b in pairwise(STAGES):
            for (one, two), people in self._sums("people", a, b).items():
                arcs[(a, one), (b, two)] = Arc(("out", a, one), ("in", b, two), int(people))
        if self.is_weighted:
            return {name for name, arc in arcs.items() if arc.value < LEAST}
        counts = protect([*arcs.values(), *doors])
        return {name for name, count in zip(arcs, counts, strict=False) if count.value is None}

    def _sums(self, what: str, *columns: str) -> dict[tuple[str, ...], float]:
        sums: dict[tuple[str, ...], float] = defaultdict(float)
        for *names, value in self.table[[*columns, what]].itertuples(index=False):
            sums[tuple(names)] += float(value)
        return dict(sums)


@dataclass(frozen=True)
class Assigned:
    """Treatments as randomised, and under the learned regime.

    Attributes
    ----------
    randomised, regime : Paths
    people, followers : int
        Everybody; and those who were assigned the first treatment that is recommended to them and came at week 12.
    """

    randomised: Paths
    regime: Paths
    people: int
    followers: int


def assigned(
    judge: TrialJudge, preferences: Preferences | Mapping[str, float] | None = None, horizon: int | str = PRIMARY_WEEK
) -> Assigned:
    """Who gets what for given preferences.

    Raises
    ------
    PreferenceError
        The data have too few values of a weighted outcome.
    """
    weights = weight_rows(judge.weights(preferences, horizon), pd.RangeIndex(1), judge.judge.outcomes)[0]
    with one_thread():
        told = pd.concat([_told(part, weights) for part in judge.judge.parts[: judge.folds]])
    follows = told["seen"] & (told["advised"] == told["first"])
    again = told["seen"] & told["second"].notna()
    was = told.assign(weight=1.0)
    would = told.assign(first=told["advised"], second=told["then"])
    return Assigned(
        Paths(_paths(was, again), False), Paths(_paths(would, follows), True), len(told), int(follows.sum())
    )


def _told(part: Part, weights: FloatArray) -> pd.DataFrame:
    """What the people of a part got, and what rules learned without them would have given them."""
    people, data = part.people, part.people.data
    first, second = (np.asarray(arms.labels, dtype=object) for arms in (data.first_arms, data.second_arms))
    chance = part.first_table[np.arange(len(people)), people.first]
    return pd.DataFrame(
        {
            "first": first[people.first],
            "advised": first[learned_first(part, weights).argmax(axis=1)],
            "response": people.group.to_numpy(object),
            "second": data.second.astype(object).to_numpy(),
            "then": second[learned_second(part.cases, weights).argmax(axis=1)],
            "seen": part.seen_first > 0,
            "weight": part.seen_first / chance,
        }
    )


def _paths(people: pd.DataFrame, counted: pd.Series) -> pd.DataFrame:
    """Paths of everybody by first treatment, as the people counted tell with their weights."""
    rows = people[counted]
    pairs = zip(rows["first"], rows["second"], strict=True)
    rows = rows.assign(action=[action_of(first, second) for first, second in pairs])
    starts = people["first"].value_counts(normalize=True)
    totals = rows.groupby("first")["weight"].sum()
    rows = rows.assign(share=rows["weight"] * rows["first"].map(starts / totals))
    found = rows.groupby(list(STAGES), sort=False)["share"].agg(["sum", "size"]).reset_index()
    return found.rename(columns={"sum": "share", "size": "people"})


@dataclass(frozen=True)
class Recommended:
    """First treatments that the model as it is recommends to the people of a trial.

    Attributes
    ----------
    recommended, randomised : mapping of arm to Count
        People to whom it is recommended, and people who were assigned it.
    several : mapping of int to Count
        People by how many options cannot be told apart from the best, itself included.
    people : int
        Who can have any option.
    """

    recommended: Mapping[str, Count]
    randomised: Mapping[str, Count]
    several: Mapping[int, Count]
    people: int


def recommended(
    model: FittedModel,
    trial: Trial,
    preferences: Preferences | Mapping[str, float] | None = None,
    horizon: int | str = PRIMARY_WEEK,
) -> Recommended:
    """What the model recommends to everybody, and how many have options that cannot be told apart.

    Raises
    ------
    PreferenceError, DataError
        Weights of outcomes that the model does not know, or data that it cannot be asked about.
    """
    wishes = preferences if isinstance(preferences, Preferences) else Preferences.from_dict(preferences)
    with one_thread():
        cohort = Cohort.of(model, trial)
        utilities = cohort.utilities(wishes, horizon)
    arm, rows, labels = cohort.recommended(utilities), cohort.decided, model.engine.first_arms.labels
    behind = utilities[np.arange(len(arm)), arm][:, None] - utilities
    near = cohort.allowed & (behind[:, :, 0] - Z_90 * spread(behind) * model.calibration.differences <= NEGLIGIBLE)
    options = near.sum(axis=1)[rows]
    first = trial.participants["first_arm"]
    sizes = {f"{number}": int((options == number).sum()) for number in range(1, len(labels) + 1)}
    given = {code: int((arm[rows] == at).sum()) for at, code in enumerate(labels)}
    order = [code for code in SINGLE_ARMS if code in labels]
    return Recommended(
        protect_groups({code: given[code] for code in order}),
        protect_groups({code: int((first == code).sum()) for code in order}),
        {int(number): count for number, count in protect_groups(sizes).items()},
        int(rows.sum()),
    )
