"""What to expect of each treatment along one feature, and where people are; values with few people are marked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import plotly.graph_objects as go

from bestviz import wording
from bestviz.advice.responders import Profile, ProfilePoint
from bestviz.figures.theme import fade, look, new_figure, note_simulated, palette
from bestviz.trial import MEASURES, SINGLE_ARMS, arm_title

FEW = 10  # people nearest to a value; fewer are not counted in public
REFERENCE = "ESC"
# Pixels: a line above the curves, space around them, curves, gap, bars of people, axis with its title and the note.
_LINE, _SPACE, _CURVES, _GAP, _BARS, _BELOW = 19, 26, 290, 26, 54, 74


def build_profile(
    *,
    profile: Profile,
    arms: Sequence[str] = SINGLE_ARMS,
    differences: bool = False,
    simulated: bool,
    dark: bool = False,
) -> go.Figure:
    """Draw the expected outcome over a feature, and under it how many people have which value.

    Parameters
    ----------
    profile : Profile
    arms : sequence of str
        First treatments to draw; those that the profile does not have are left out.
    differences : bool
        Differences from enhanced self-care in place of expected outcomes.
    simulated : bool
        Whether the participants are.
    dark : bool
        Whether the page is dark.

    Returns
    -------
    Figure
        A band (95 % interval) and a line for each arm, for categories marks with bars; then bars of people.
    """
    colors, places = palette(dark), _places(profile)
    drawn = drawn_arms(profile, arms, differences)
    title, height = axis_title(profile, differences).split(" | "), _CURVES + _GAP + _BARS
    above = _LINE * (len(drawn) + len(title)) + _SPACE
    figure = new_figure(height=above + height + _BELOW, dark=dark)
    for place, arm in enumerate(drawn):
        points = profile.of(arm)
        shift = 0.0 if _is_line(profile) else 0.16 * (place - (len(drawn) - 1) / 2)
        figure.add_traces(_traces(profile, points, [x + shift for x in places], arm, differences, dark))
    figure.add_trace(_people(profile, places, dark))
    figure.add_annotation(
        text="<br>".join(title), x=0, y=1, xref="paper", yref="paper",
        xanchor="left", yanchor="bottom", align="left", xshift=-36, yshift=6, showarrow=False,
        font={"size": 12, "color": colors.muted},
    )  # fmt: skip
    figure.add_annotation(
        text=f"people near each value (pale: fewer than {FEW})", x=0, y=_BARS / height, xref="paper", yref="paper",
        xanchor="left", yanchor="bottom", xshift=-36, showarrow=False, font={"size": 11, "color": colors.muted},
    )  # fmt: skip
    figure.update_layout(
        bargap=0.15,
        margin={"l": 44, "r": 12, "t": above, "b": _BELOW, "autoexpand": False},
        legend={"orientation": "v", "x": 0, "xanchor": "left", "y": 1 + (_LINE * len(title) + 12) / height,
                "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        xaxis={"title": {"text": feature_title(profile), "standoff": 4}, "anchor": "y2", **_ticks(profile, places)},
        yaxis={"domain": [(_BARS + _GAP) / height, 1], "zeroline": differences, "zerolinecolor": colors.muted},
        yaxis2={"domain": [0, _BARS / height], "visible": False, "rangemode": "tozero", "fixedrange": True},
    )  # fmt: skip
    note_simulated(figure, simulated=simulated, dark=dark)
    return figure


def drawn_arms(profile: Profile, arms: Sequence[str], differences: bool = False) -> list[str]:
    """Those of the arms that there is something to draw of, in the fixed order."""
    known = {point.arm for point in profile.points if not differences or point.difference is not None}
    return [arm for arm in SINGLE_ARMS if arm in arms and arm in known and not (differences and arm == REFERENCE)]


def axis_title(profile: Profile, differences: bool) -> str:
    """What the vertical axis shows; ` | ` where a line may end."""
    if profile.outcome is None:
        what = f"improvement since week 0 {wording.horizon(profile.horizon)} | in meaningful changes, higher is better"
    else:
        measure = MEASURES[profile.outcome]
        unit = f"{wording.unit(measure)}, {wording.better(measure)}" if differences else wording.scale(measure)
        unit = f"people of 100, {wording.better(measure)}" if measure.binary else unit
        what = f"{measure.short} at week {profile.week} | ({unit})"
    return f"Difference from enhanced self-care: | {what}" if differences else f"Expected {what}"


def feature_title(profile: Profile) -> str:
    """Name of the feature with its unit."""
    return f"{profile.label}, {profile.unit}" if profile.unit else profile.label


def describe_profile(
    *, profile: Profile, arms: Sequence[str] = SINGLE_ARMS, differences: bool = False, simulated: bool
) -> str:
    """Alternative text: of every treatment the first and last value with intervals."""
    ends = (0, len(profile.values) - 1) if _is_line(profile) else tuple(range(len(profile.values)))
    parts = []
    for arm in drawn_arms(profile, arms, differences):
        points = profile.of(arm)
        each = "; ".join(f"{profile.value_labels[i]}: {_words(profile, points[i], differences)}" for i in ends)
        parts.append(f"{arm_title(arm)} first: {each}.")
    text = (
        f"{axis_title(profile, differences).replace(' | ', ' ')}, with 95 % intervals, by {feature_title(profile)}, "
        f"averaged over {profile.averaged_over} participants. {' '.join(parts)}"
    )
    return f"{text} {wording.SIMULATED}." if simulated else text


def few(profile: Profile) -> list[str]:
    """Values near which there are fewer than 10 people."""
    return [label for label, n in zip(profile.value_labels, profile.people, strict=True) if n < FEW]


def _is_line(profile: Profile) -> bool:
    return profile.kind in ("number", "ordered") and len(profile.values) > 2


def _places(profile: Profile) -> list[float]:
    if profile.kind == "number":
        return [float(value) for value in profile.values]
    return [float(place) for place in range(len(profile.values))]


def _ticks(profile: Profile, places: Sequence[float]) -> dict[str, Any]:
    if profile.kind == "number":
        return {"nticks": 8}
    labels = [escape(label).replace(" ", "<br>", 1) for label in profile.value_labels]
    return {"tickvals": list(places), "ticktext": labels, "range": [-0.6, len(places) - 0.4]}


def _is_chance(profile: Profile) -> bool:
    return profile.outcome is not None and MEASURES[profile.outcome].binary


def _amounts(profile: Profile, point: ProfilePoint, differences: bool) -> tuple[float, tuple[float, float]]:
    """Estimate and interval; of a yes/no outcome people of 100."""
    value, ends = point.mean, point.mean_interval
    if differences and point.difference is not None and point.difference_interval is not None:
        value, ends = point.difference, point.difference_interval
    factor = 100.0 if _is_chance(profile) else 1.0
    return factor * value, (factor * ends[0], factor * ends[1])


def _words(profile: Profile, point: ProfilePoint, differences: bool) -> str:
    value, ends = _amounts(profile, point, differences)
    places = 0 if _is_chance(profile) else 2
    return f"{wording.number(value, places, signed=differences)} ({wording.interval(ends, places, signed=differences)})"


def _traces(
    profile: Profile, points: Sequence[ProfilePoint], xs: list[float], arm: str, differences: bool, dark: bool
) -> list[go.Scatter]:
    style, is_line = look(arm, dark), _is_line(profile)
    found = [_amounts(profile, point, differences) for point in points]
    means, lows, highs = [v for v, _ in found], [ends[0] for _, ends in found], [ends[1] for _, ends in found]
    line = go.Scatter(
        x=xs,
        y=means,
        name=f"{arm_title(arm)} first",
        mode="lines+markers" if is_line else "markers",
        line={"color": style.color, "dash": style.dash, "width": 2.5},
        marker={
            "symbol": [style.symbol if n >= FEW else f"{style.symbol}-open" for n in profile.people],
            "size": 7 if is_line else 11,
            "color": style.color,
        },
        hovertext=[
            f"{arm_title(arm)} first, {escape(profile.label)} {escape(label)}: {_words(profile, point, differences)}"
            for label, point in zip(profile.value_labels, points, strict=True)
        ],
        hoverinfo="text",
    )
    if not is_line:
        line.error_y = {
            "type": "data", "symmetric": False, "color": style.color, "thickness": 2, "width": 4,
            "array": [high - mean for high, mean in zip(highs, means, strict=True)],
            "arrayminus": [mean - low for low, mean in zip(lows, means, strict=True)],
        }  # fmt: skip
        return [line]
    band = go.Scatter(
        x=[*xs, *reversed(xs)], y=[*highs, *reversed(lows)], fill="toself", fillcolor=fade(style.color, 0.12),
        line={"width": 0}, mode="lines", hoverinfo="skip", showlegend=False, name=f"{arm} interval",
    )  # fmt: skip
    return [band, line]


def _people(profile: Profile, places: Sequence[float], dark: bool) -> go.Bar:
    """Bars of people; where there are fewer than 10 all bars have the same height, and are pale."""
    muted = palette(dark).muted
    return go.Bar(
        x=list(places),
        y=[n if n >= FEW else FEW / 2 for n in profile.people],
        yaxis="y2",
        name="people",
        showlegend=False,
        marker={
            "color": [fade(muted, 0.8) if n >= FEW else fade(muted, 0.15) for n in profile.people],
            "line": {"color": muted, "width": [0 if n >= FEW else 1 for n in profile.people]},
        },
        hovertext=[
            f"near {escape(label)}: {n if n >= FEW else f'fewer than {FEW}'} people"
            for label, n in zip(profile.value_labels, profile.people, strict=True)
        ],
        hoverinfo="text",
    )
