"""Sequences of treatment: first arm, response, action, second arm, and how many people went from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.cohort.selection import Cohort
from bestviz.cohort.suppression import Count, shown
from bestviz.trial import ACTIONS, ARMS, RESPONSE_CLASSES
from bestviz.trial.sequences import arms_for_action, permitted_actions

STAGES = ("first", "response", "action", "second")
Node = tuple[str, str]  # stage and name


@dataclass(frozen=True)
class Sequences:
    """Who went where, among people randomised again whose response class is known.

    Attributes
    ----------
    people : Count
        All of them.
    nodes : dict of (stage, name) to Count
        People at each node, in the order of drawing.
    links : dict of (node, node) to Count
        People who went from one node to the next; only links that the design has.
    """

    people: Count
    nodes: dict[Node, Count]
    links: dict[tuple[Node, Node], Count]


def sequences(cohort: Cohort) -> Sequences:
    """Sequences as they may be shown; small counts are hidden over all that is shown of journeys at once."""
    found, none = cohort.journeys, shown(0)
    return Sequences(
        found.get(("people",), none),
        {node: found.get(("node", *node), none) for node in _nodes(cohort.arms)},
        {link: found.get(("link", *link), none) for link in _links(cohort.arms)},
    )


def _links(arms: tuple[str, ...]) -> list[tuple[Node, Node]]:
    """The links that the design has after these first arms."""
    found: dict[tuple[Node, Node], None] = {}
    for arm in arms:
        for one in RESPONSE_CLASSES:
            for action in permitted_actions(arm, one):
                found[("first", arm), ("response", one)] = None
                found[("response", one), ("action", action)] = None
                for second in arms_for_action(arm, action):
                    found[("action", action), ("second", second)] = None
    return list(found)


def _nodes(arms: tuple[str, ...]) -> list[Node]:
    used = {node for link in _links(arms) for node in link}
    names = {"first": arms, "response": RESPONSE_CLASSES, "action": ACTIONS, "second": ARMS}
    return [(stage, name) for stage in STAGES for name in names[stage] if (stage, name) in used]


def sequences_table(result: Sequences) -> pd.DataFrame:
    """The links as a table: columns from_stage, from, to_stage, to, people."""
    return pd.DataFrame(
        [
            {"from_stage": a[0], "from": a[1], "to_stage": b[0], "to": b[1], "people": count.text}
            for (a, b), count in result.links.items()
        ]
    )
