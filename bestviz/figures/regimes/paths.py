"""Who gets what: first treatment, response, what then, second treatment; and first treatments side by side."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.evaluation_assigned import Assigned, Paths, Recommended, Share
from bestviz.cohort.sequences import STAGES, Node
from bestviz.cohort.suppression import Count
from bestviz.figures.sequences import Band, build_sequences, describe_sequences, node_name
from bestviz.figures.theme import color_of, fade, look, new_figure, note_simulated, palette
from bestviz.trial import arm_name, arm_title
from bestviz.wording import regimes as words
from bestviz.wording.cohort import STEPS

_HEIGHT, _THIN = 560, 0.006  # pixels; width of a hidden link, a share
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
    return build_sequences(
        labels={node: _label(node, share) for node, share in paths.nodes.items()},
        texts={node: _text(share) for node, share in paths.nodes.items()},
        links={link: Band(_width(share), _text(share)) for link, share in paths.links.items()},
        height=_HEIGHT,
        simulated=simulated,
        dark=dark,
    )


def describe_paths(*, paths: Paths, simulated: bool) -> str:
    """Alternative text: the share at every node."""
    each = describe_sequences({node: _text(share) for node, share in paths.nodes.items()})
    tail = f" {wording.SIMULATED}." if simulated else ""
    kind = "Under the learned regime" if paths.is_weighted else "As randomised"
    return f"{kind}, of 100 people. {each}{tail}"


def paths_table(assigned: Assigned) -> pd.DataFrame:
    """Who gets what, of 100 people: a row a treatment, response and action; as randomised and under the regime."""
    names = dict.fromkeys([*assigned.randomised.nodes, *assigned.regime.nodes])
    order = sorted(names, key=lambda node: STAGES.index(node[0]))
    heads = dict(zip(STAGES, ("First treatment", "Response", "Week 12", "Second treatment"), strict=True))
    return pd.DataFrame(
        [
            {"when": heads[node[0]], "what": wording.sentence(node_name(node))}
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
            {"text": _line(recommended, arm), "x": 0, "xref": "paper", "xanchor": "left"}
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
    both = {arm: _both(recommended, arm) for arm in recommended.recommended}
    each = "; ".join(f"{arm_name(arm)} {new} of 100, randomised {old}" for arm, (new, old) in both.items())
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


def _line(recommended: Recommended, arm: str) -> str:
    """Both numbers beside the name, short enough for a telephone; the axis says what they are."""
    new, old = ("few" if text == words.FEW else text for text in _both(recommended, arm))
    return f"{arm_title(arm)}: {new}, randomised {old}"


def _both(recommended: Recommended, arm: str) -> tuple[str, str]:
    new, old = (shares_of(each)[arm] for each in (recommended.recommended, recommended.randomised))
    new_text, old_text = (words.FEW if share is None else f"{share:.0f}" for share in (new, old))
    return new_text, old_text


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
