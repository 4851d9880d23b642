"""Sequences as they were randomised: first treatment, response, what then, second treatment."""

from __future__ import annotations

import plotly.graph_objects as go

from bestviz import wording
from bestviz.cohort.sequences import STAGES, Node, Sequences
from bestviz.cohort.suppression import Count
from bestviz.figures.cohort.parts import count, plain
from bestviz.figures.theme import Palette, color_of, fade, new_figure, note_simulated, palette
from bestviz.trial import arm_name, treatments_of
from bestviz.wording.cohort import STEPS

_HEIGHT, _ABOVE, _BELOW, _PAD = 620, 26, 32, 14  # pixels
# Labels of the last stage stand to the left of it, so the others make room.
_ACROSS = dict(zip(STAGES, (0.001, 0.27, 0.55, 0.999), strict=True))
_HEADS = ("week 0", "response", "week 12", "second")
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
    colors, nodes = palette(dark), list(sequences.nodes)
    figure = new_figure(height=_HEIGHT, dark=dark)
    figure.add_trace(
        go.Sankey(
            arrangement="fixed",
            textfont={"color": colors.text, "size": 11},
            node={
                "label": [f"{_short(node)} {count(sequences.nodes[node])}" for node in nodes],
                "color": [_color(node, colors, dark) for node in nodes],
                "customdata": [f"{_name(node)}: {count(sequences.nodes[node])} people" for node in nodes],
                "hovertemplate": "%{customdata}<extra></extra>",
                "x": [_ACROSS[node[0]] for node in nodes],
                "y": _down(sequences),
                "pad": _PAD,
                "thickness": 12,
                "line": {"width": 0},
            },
            link={
                "source": [nodes.index(a) for a, _ in sequences.links],
                "target": [nodes.index(b) for _, b in sequences.links],
                "value": [_width(one) for one in sequences.links.values()],
                "color": [_link_color(a, b, colors, dark) for a, b in sequences.links],
                "customdata": [
                    f"{_name(a)} to {_name(b)}: {count(one)} people" for (a, b), one in sequences.links.items()
                ],
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


def describe_sankey(*, sequences: Sequences, simulated: bool) -> str:
    """Alternative text: how many people stand at every node."""
    parts = []
    for stage, title in zip(STAGES, ("First", "Response", "Then", "Second"), strict=True):
        found = ", ".join(f"{_name(node)} {one.text}" for node, one in sequences.nodes.items() if node[0] == stage)
        parts.append(f"{title}: {found}.")
    tail = f" {wording.SIMULATED}." if simulated else ""
    return f"Sequences of {sequences.people.text} people randomised twice. {' '.join(parts)}{tail}"


def _width(one: Count) -> int:
    return _FEW if one.few else one.low or _FEW


def _down(sequences: Sequences) -> list[float]:
    """Where the middle of each node is (0 top, 1 bottom), stage by stage in the fixed order."""
    inside, places = _HEIGHT - _ABOVE - _BELOW, []
    size = {node: max(_through(node, sequences), 1) for node in sequences.nodes}
    stages = [[node for node in sequences.nodes if node[0] == stage] for stage in STAGES]
    scale = min((inside - _PAD * (len(stage) - 1)) / sum(size[node] for node in stage) for stage in stages if stage)
    for stage in stages:
        y = (inside - scale * sum(size[node] for node in stage) - _PAD * (len(stage) - 1)) / 2
        for node in stage:
            places.append(round((y + scale * size[node] / 2) / inside, 4))
            y += scale * size[node] + _PAD
    return places


def _through(node: Node, sequences: Sequences) -> int:
    """How wide a node is drawn: by the wider side of its links."""
    sides = [sum(_width(one) for link, one in sequences.links.items() if link[side] == node) for side in (0, 1)]
    return max(sides)


def _short(node: Node) -> str:
    stage, name = node
    return plain(STEPS[name] if stage == "action" else name)


def _name(node: Node) -> str:
    stage, name = node
    if stage in ("first", "second"):
        return arm_name(name)
    return STEPS[name] if stage == "action" else f"{name} response"


def _color(node: Node, colors: Palette, dark: bool) -> str:
    stage, name = node
    return color_of(treatments_of(name)[-1], dark) if stage in ("first", "second") else colors.muted


def _link_color(a: Node, b: Node, colors: Palette, dark: bool) -> str:
    if a[0] == "first":
        return fade(color_of(a[1], dark), 0.4)
    return fade(color_of(treatments_of(b[1])[-1], dark), 0.4) if b[0] == "second" else fade(colors.muted, 0.3)
