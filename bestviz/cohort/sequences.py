"""Sequences of treatment: first arm, response, action, second arm, and how many people went from one to the next."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bestviz.cohort.selection import Cohort
from bestviz.cohort.suppression import Arc, Count, protect
from bestviz.trial import ACTIONS, ARMS, RESPONSE_CLASSES, action_of
from bestviz.trial.sequences import arms_for_action, permitted_actions

STAGES = ("first", "response", "action", "second")
Node = tuple[str, str]  # stage and name
_NODE_COST = 5.0


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
    """Count sequences; small counts are hidden over the whole diagram at once."""
    paths = _paths(cohort)
    nodes = _nodes(cohort.arms)
    links = _links(cohort.arms)
    arcs: dict[object, Arc] = {"all": Arc("end", "start", len(paths), 400.0)}
    for stage, name in nodes:
        # A node is split in two, so that the people in it are an arc of the network as well.
        arcs[stage, name] = Arc(
            ("in", stage, name), ("out", stage, name), int((paths[stage] == name).sum()), _NODE_COST
        )
    for a, b in links:
        here = int(((paths[a[0]] == a[1]) & (paths[b[0]] == b[1])).sum())
        arcs[a, b] = Arc(("out", *a), ("in", *b), here)
    doors = [Arc("start", ("in", *node), arcs[node].value, _NODE_COST) for node in nodes if node[0] == STAGES[0]]
    doors += [Arc(("out", *node), "end", arcs[node].value, _NODE_COST) for node in nodes if node[0] == STAGES[-1]]
    counts = dict(zip(arcs, protect([*arcs.values(), *doors]), strict=False))
    return Sequences(
        counts["all"], {node: counts[node] for node in nodes}, {link: counts[link] for link in links}
    )  # fmt: skip


def _paths(cohort: Cohort) -> pd.DataFrame:
    """One row a person randomised again with a known class; columns as `STAGES`."""
    second, response = cohort.people["second_arm"], cohort.response
    keep = second.notna() & response.notna()
    paths = pd.DataFrame({"first": cohort.first, "response": response, "second": second})[keep]
    pairs = paths[["first", "second"]].drop_duplicates()
    actions = {(a, b): action_of(a, b) for a, b in pairs.itertuples(index=False)}
    paths["action"] = [actions[pair] for pair in zip(paths["first"], paths["second"], strict=True)]
    return paths[list(STAGES)]


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
