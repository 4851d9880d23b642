"""Sequences of treatments as bands: first treatment, response, what then, second treatment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from bestviz.cohort.sequences import STAGES, Node
from bestviz.figures.theme import Palette, color_of, fade, new_figure, note_simulated, palette
from bestviz.trial import arm_name, treatments_of
from bestviz.wording.cohort import STEPS

_ABOVE, _BELOW, _PAD = 26, 32, 14  # pixels
# Labels of the last stage stand to the left of it, so the others make room.
_ACROSS = dict(zip(STAGES, (0.001, 0.27, 0.55, 0.999), strict=True))
_HEADS = ("week 0", "response", "week 12", "second")

Link = tuple[Node, Node]


@dataclass(frozen=True)
class Band:
    """One link of the figure.

    Attributes
    ----------
    width : float
        As it is drawn, in any unit that all links share.
    text : str
        How many, in words.
    """

    width: float
    text: str


def build_sequences(
    *,
    labels: Mapping[Node, str],
    texts: Mapping[Node, str],
    links: Mapping[Link, Band],
    height: int,
    simulated: bool,
    dark: bool = False,
) -> go.Figure:
    """Draw nodes stage by stage in their order, and the links between them.

    Parameters
    ----------
    labels, texts : mapping of node to str
        What stands beside a node, and how many in words, in the order in which they are drawn.
    links : mapping of (node, node) to Band
    height : int
        Pixels.
    simulated, dark : bool
        Whether the people are simulated, and the page dark.
    """
    colors, nodes = palette(dark), list(labels)
    figure = new_figure(height=height, dark=dark)
    figure.add_trace(
        go.Sankey(
            arrangement="fixed",
            textfont={"color": colors.text, "size": 11},
            node={
                "label": list(labels.values()),
                "color": [_color(node, colors, dark) for node in nodes],
                "customdata": [f"{node_name(node)}: {texts[node]}" for node in nodes],
                "hovertemplate": "%{customdata}<extra></extra>",
                "x": [_ACROSS[node[0]] for node in nodes],
                "y": _down(nodes, links, height - _ABOVE - _BELOW),
                "pad": _PAD,
                "thickness": 12,
                "line": {"width": 0},
            },
            link={
                "source": [nodes.index(a) for a, _ in links],
                "target": [nodes.index(b) for _, b in links],
                "value": [band.width for band in links.values()],
                "color": [_link_color(a, b, colors, dark) for a, b in links],
                "customdata": [f"{node_name(a)} to {node_name(b)}: {band.text}" for (a, b), band in links.items()],
                "hovertemplate": "%{customdata}<extra></extra>",
            },
        )
    )
    heads = [
        {"text": text, "x": across, "y": 1, "xref": "paper", "yref": "paper", "yanchor": "bottom", "yshift": 4,
         "xanchor": ("left", "left", "left", "right")[place], "showarrow": False,
         "font": {"size": 12, "color": colors.muted}}
        for place, (text, across) in enumerate(zip(_HEADS, _ACROSS.values(), strict=True))
    ]  # fmt: skip
    figure.update_layout(annotations=heads, margin={"l": 4, "r": 4, "t": _ABOVE, "b": _BELOW})
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def describe_sequences(texts: Mapping[Node, str]) -> str:
    """How many stand at every node, stage by stage."""
    parts = []
    for stage, title in zip(STAGES, ("First", "Response", "Week 12", "Second"), strict=True):
        found = ", ".join(f"{node_name(node)} {text}" for node, text in texts.items() if node[0] == stage)
        parts.append(f"{title}: {found}.")
    return " ".join(parts)


def node_name(node: Node) -> str:
    """A node inside a sentence."""
    stage, name = node
    if stage in ("first", "second"):
        return arm_name(name)
    return STEPS[name] if stage == "action" else f"{name} response"


def _down(nodes: list[Node], links: Mapping[Link, Band], inside: int) -> list[float]:
    """Where the middle of each node is (0 top, 1 bottom), stage by stage in the given order."""
    smallest = min((band.width for band in links.values()), default=1.0)
    size = {node: _through(node, links) or smallest for node in nodes}
    stages = [[node for node in nodes if node[0] == stage] for stage in STAGES]
    scale = min((inside - _PAD * (len(stage) - 1)) / sum(size[node] for node in stage) for stage in stages if stage)
    middles = {}
    for stage in stages:
        y = (inside - scale * sum(size[node] for node in stage) - _PAD * (len(stage) - 1)) / 2
        for node in stage:
            middles[node] = min(max(round((y + scale * size[node] / 2) / inside, 4), 0.001), 0.999)
            y += scale * size[node] + _PAD
    return [middles[node] for node in nodes]


def _through(node: Node, links: Mapping[Link, Band]) -> float:
    """How wide a node is drawn: by the wider side of its links."""
    return max(sum(band.width for link, band in links.items() if link[side] == node) for side in (0, 1))


def _color(node: Node, colors: Palette, dark: bool) -> str:
    stage, name = node
    return color_of(treatments_of(name)[-1], dark) if stage in ("first", "second") else colors.muted


def _link_color(a: Node, b: Node, colors: Palette, dark: bool) -> str:
    if a[0] == "first":
        return fade(color_of(a[1], dark), 0.4)
    return fade(color_of(treatments_of(b[1])[-1], dark), 0.4) if b[0] == "second" else fade(colors.muted, 0.3)
