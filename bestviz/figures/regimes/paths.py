"""Who gets what: first treatment, response, what then, second treatment; and first treatments side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.evaluation_assigned import Assigned, Paths, Recommended, Share
from bestviz.cohort.sequences import STAGES, Node
from bestviz.cohort.suppression import Count
from bestviz.figures.theme import Palette, color_of, fade, look, new_figure, note_simulated, palette
from bestviz.trial import arm_name, arm_title, treatments_of
from bestviz.wording import regimes as words
from bestviz.wording.cohort import STEPS

_HEIGHT, _ABOVE, _BELOW, _PAD, _THIN = 560, 26, 32, 14, 0.006  # pixels; width of a hidden link, a share
# Labels of the last stage stand to the left of it, so the others make room.
_ACROSS = dict(zip(STAGES, (0.001, 0.27, 0.55, 0.999), strict=True))
_HEADS = ("week 0", "response", "week 12", "second")
_ROW, _AXIS = 52, 106


def build_paths(*, paths: Paths, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw the paths as bands, numbers of 100 people; what rests on few people has a set width and no number.

    Parameters
    ----------
    paths : Paths
    simulated : bool
        Whether the people are.
    dark : bool
        Whether the page is dark.
    """
    colors, nodes = palette(dark), list(paths.nodes)
    figure = new_figure(height=_HEIGHT, dark=dark)
    figure.add_trace(
        go.Sankey(
            arrangement="fixed",
            textfont={"color": colors.text, "size": 11},
            node={
                "label": [_label(node, paths.nodes[node]) for node in nodes],
                "color": [_color(node, colors, dark) for node in nodes],
                "customdata": [f"{_name(node)}: {_text(paths.nodes[node])}" for node in nodes],
                "hovertemplate": "%{customdata}<extra></extra>",
                "x": [_ACROSS[node[0]] for node in nodes],
                "y": _down(paths),
                "pad": _PAD,
                "thickness": 12,
                "line": {"width": 0},
            },
            link={
                "source": [nodes.index(a) for a, _ in paths.links],
                "target": [nodes.index(b) for _, b in paths.links],
                "value": [_width(share) for share in paths.links.values()],
                "color": [_link_color(a, b, colors, dark) for a, b in paths.links],
                "customdata": [f"{_name(a)} to {_name(b)}: {_text(share)}" for (a, b), share in paths.links.items()],
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


def describe_paths(*, paths: Paths, simulated: bool) -> str:
    """Alternative text: the share at every node."""
    parts = []
    for stage, title in zip(STAGES, ("First", "Response", "Week 12", "Second"), strict=True):
        found = ", ".join(f"{_name(node)} {_text(one)}" for node, one in paths.nodes.items() if node[0] == stage)
        parts.append(f"{title}: {found}.")
    tail = f" {wording.SIMULATED}." if simulated else ""
    kind = "Under the learned regime" if paths.is_weighted else "As randomised"
    return f"{kind}, of 100 people. {' '.join(parts)}{tail}"


def paths_table(assigned: Assigned) -> pd.DataFrame:
    """Who gets what, of 100 people: a row a treatment, response and action; as randomised and under the regime."""
    names = dict.fromkeys([*assigned.randomised.nodes, *assigned.regime.nodes])
    order = sorted(names, key=lambda node: STAGES.index(node[0]))
    heads = dict(zip(STAGES, ("First treatment", "Response", "Week 12", "Second treatment"), strict=True))
    return pd.DataFrame(
        [
            {"when": heads[node[0]], "what": wording.sentence(_name(node))}
            | {"as randomised, of 100": _cell(assigned.randomised, node)}
            | {"under the regime, of 100": _cell(assigned.regime, node)}
            for node in order
        ]
    )


# -- first treatments -------------------------------------------------------------------------------------------------


def build_firsts(*, recommended: Recommended, simulated: bool, dark: bool = False) -> go.Figure:
    """Draw how many of 100 people start with each treatment: as randomised (cross) and as recommended (its marker)."""
    colors, arms = palette(dark), list(recommended.recommended)
    places = dict(zip(arms, range(len(arms) - 1, -1, -1), strict=True))
    figure = new_figure(height=_ROW * len(arms) + _AXIS, dark=dark)
    ends = [shares_of(recommended.randomised), shares_of(recommended.recommended)]
    for arm, y in places.items():
        both = [each[arm] for each in ends]
        if None not in both:
            figure.add_scatter(
                x=both, y=[y - 0.18] * 2, mode="lines", line={"color": fade(color_of(arm, dark), 0.5), "width": 4},
                hoverinfo="skip", showlegend=False,
            )  # fmt: skip
    for name, each, symbols in (
        ("as randomised", ends[0], "x"),
        ("recommended by the model", ends[1], [look(arm, dark).symbol for arm in arms]),
    ):
        figure.add_scatter(
            x=[each[arm] for arm in arms], y=[places[arm] - 0.18 for arm in arms], mode="markers", name=name,
            marker={"size": 12, "symbol": symbols, "color": [color_of(arm, dark) for arm in arms]}, showlegend=False,
            hovertemplate=f"%{{x:.0f}} of 100 {name}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        annotations=[
            {"text": f"{arm_title(arm)}: {_both(recommended, arm)}", "x": 0, "xref": "paper", "xanchor": "left"}
            | {"y": y + 0.25, "yanchor": "middle", "showarrow": False, "font": {"size": 12}}
            for arm, y in places.items()
        ],
        margin={"l": 8, "r": 8, "t": 4, "b": _AXIS},
        yaxis={"visible": False, "range": [-0.5, len(arms) - 0.5]},
        xaxis={
            "title": {"text": "of 100 people<br>x as randomised, other marks recommended", "standoff": 6},
            "rangemode": "tozero",
        },
    )
    note_simulated(figure, simulated=simulated, dark=dark)
    figure.update_yaxes(linecolor=colors.grid)
    return figure


def describe_firsts(*, recommended: Recommended, simulated: bool) -> str:
    """Alternative text: both shares of every treatment."""
    each = "; ".join(f"{arm_name(arm)} {_both(recommended, arm)}" for arm in recommended.recommended)
    text = f"First treatments of 100 people, recommended by the model against as randomised: {each}."
    return f"{text} {wording.SIMULATED}." if simulated else text


def shares_of(counts: Mapping[str, Count]) -> dict[str, float | None]:
    """Shares of 100; None where a count is not shown."""
    total = sum(count.low for count in counts.values())
    return {arm: None if count.value is None else 100 * count.value / total for arm, count in counts.items()}


def firsts_table(recommended: Recommended) -> pd.DataFrame:
    """Counts of people: a row a treatment."""
    return pd.DataFrame(
        [
            {"first treatment": arm_title(arm), "recommended, people": count.text}
            | {"as randomised, people": recommended.randomised[arm].text}
            for arm, count in recommended.recommended.items()
        ]
    )


def _both(recommended: Recommended, arm: str) -> str:
    new, old = (shares_of(each)[arm] for each in (recommended.recommended, recommended.randomised))
    texts = [words.FEW if share is None else f"{share:.0f}" for share in (new, old)]
    return f"{texts[0]} of 100, randomised {texts[1]}".replace("<", "&lt;")


def _cell(paths: Paths, node: Node) -> str:
    share = paths.nodes.get(node)
    if share is None:
        return "0"
    return _hidden(paths) if share.hidden else wording.count_100(share.value)


def _hidden(paths: Paths) -> str:
    return words.FEW if paths.is_weighted else "not shown"


def _label(node: Node, share: Share) -> str:
    return f"{STEPS.get(node[1], node[1])} {'few' if share.hidden else wording.count_100(share.value)}"


def _text(share: Share) -> str:
    return "not shown, few people" if share.hidden else wording.of_100(share.value)


def _width(share: Share) -> float:
    return min(share.value, _THIN) if share.hidden else share.value


def _down(paths: Paths) -> list[float]:
    """Where the middle of each node is (0 top, 1 bottom), stage by stage in the fixed order."""
    inside, places = _HEIGHT - _ABOVE - _BELOW, []
    size = {node: _through(paths, node) for node in paths.nodes}
    stages = [[node for node in paths.nodes if node[0] == stage] for stage in STAGES]
    scale = min((inside - _PAD * (len(stage) - 1)) / sum(size[node] for node in stage) for stage in stages if stage)
    for stage in stages:
        y = (inside - scale * sum(size[node] for node in stage) - _PAD * (len(stage) - 1)) / 2
        for node in stage:
            places.append(min(max(round((y + scale * size[node] / 2) / inside, 4), 0.001), 0.999))
            y += scale * size[node] + _PAD
    return places


def _through(paths: Paths, node: Node) -> float:
    """How wide a node is drawn: by the wider side of its links."""
    return max(sum(_width(one) for link, one in paths.links.items() if link[side] == node) for side in (0, 1))


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
