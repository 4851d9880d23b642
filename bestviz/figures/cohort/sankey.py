"""Sequences as they were randomised: first treatment, response, what then, second treatment."""

from __future__ import annotations

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.sequences import Node, Sequences
from bestviz.cohort.suppression import Count
from bestviz.figures.cohort.parts import count, plain
from bestviz.figures.sequences import Band, build_sequences, describe_sequences
from bestviz.wording.cohort import STEPS

_HEIGHT = 620  # pixels
_FEW = 5  # how wide a hidden link of fewer than 10 people is drawn, whatever its count


def build_sankey(*, sequences: Sequences, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the sequences; a link whose count is hidden has a set width.

    Parameters
    ----------
    sequences : Sequences
        Published counts.
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.
    """
    return build_sequences(
        labels={node: f"{_short(node)} {count(people)}" for node, people in sequences.nodes.items()},
        texts={node: f"{count(people)} people" for node, people in sequences.nodes.items()},
        links={link: Band(_width(people), f"{count(people)} people") for link, people in sequences.links.items()},
        height=_HEIGHT,
        simulated=simulated,
        dark=dark,
    )


def describe_sankey(*, sequences: Sequences, simulated: bool) -> str:
    """Alternative text: how many people stand at every node."""
    each = describe_sequences({node: people.text for node, people in sequences.nodes.items()})
    tail = f" {wording.SIMULATED}." if simulated else ""
    return f"Sequences of {sequences.people.text} people randomised twice. {each}{tail}"


def _width(one: Count) -> int:
    return _FEW if one.few else one.low or _FEW


def _short(node: Node) -> str:
    stage, name = node
    return plain(STEPS[name] if stage == "action" else name)
