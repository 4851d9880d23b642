"""Figures that are made at once are not checked while pages run; here they are."""

import numpy as np
import plotly.graph_objects as go
import pytest

from bestviz.advice.why.preference_map import PreferenceMap, triangle
from bestviz.figures.comparison import build_comparison
from bestviz.figures.icon_array import build_icon_array
from bestviz.figures.options import build_options
from bestviz.figures.preference_map import build_preference_map
from bestviz.figures.reasons import build_reasons
from bestviz.figures.theme import new_figure, note_simulated, whole_figure
from bestviz.figures.trajectories import build_trajectories

PART = {"feature": "age", "value": 58, "effect": 0.2, "interval": [-0.1, 0.5]}
FOUND = {"arms": ["EBEM", "ESC"], "difference": 0.3, "interval": [0.0, 0.6], "parts": [PART], "unknown": None}
FOUND |= {"common": {"effect": 0.1, "interval": [-0.2, 0.4]}}
ARMS = ("ESC", "EBEM")


def preference_map(advice, dark):
    weights = triangle(6)
    winners = (weights[:, 0] > 0.5).astype(int)
    shares, own = np.bincount(winners) / len(winners), (0.6, 0.3, 0.1)
    outcomes, arms = ("peg", "anxiety", "depression"), ("ESC", "ACT+DUL")
    one = PreferenceMap(outcomes, {}, arms, weights, winners, weights.max(axis=1), shares, own)
    return build_preference_map(preference_map=one, names={arm: arm for arm in one.arms}, simulated=True, dark=dark)


FIGURES = {
    "options": lambda advice, dark: build_options(advice=advice, dark=dark),
    "course": lambda advice, dark: build_trajectories(advice=advice, outcome="peg", arms=ARMS, vary="EBEM", dark=dark),
    "course of a yes or no": lambda advice, dark: build_trajectories(
        advice=advice, outcome="adverse_event", arms=ARMS, dark=dark
    ),
    "no course": lambda advice, dark: build_trajectories(advice=advice, outcome="peg", arms=(), dark=dark),
    "of 100": lambda advice, dark: build_icon_array(advice=advice, outcome="peg", week=24, arms=ARMS, dark=dark),
    "reasons": lambda advice, dark: build_reasons(
        advice=advice, contributions=FOUND, labels={"age": "Age: 58 years"}, dark=dark
    ),
    "comparison": lambda advice, dark: build_comparison(advice=advice, arms=ARMS, week=24, dark=dark),
    "preference map": preference_map,
}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("build", FIGURES.values(), ids=list(FIGURES))
def test_plotly_takes_it_as_it_is(advice, build, dark):
    figure = build(advice, dark)
    assert go.Figure(figure.to_dict()) == figure


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("margin", [{}, {"margin": {"b": 92}}])
def test_made_at_once_is_made_step_by_step(margin, dark):
    text = {"text": "a", "x": 1, "y": 2, "showarrow": False}
    line = {"type": "scatter", "x": [1, 2], "y": [3, 4]}
    steps = new_figure(height=200, dark=dark).add_traces([line]).update_layout(annotations=[text], **margin)
    note_simulated(steps, simulated=True, dark=dark)
    if not margin:  # that of the house, known from the template
        assert steps.layout.annotations[-1].yshift == -60
    at_once = whole_figure([line], {"annotations": [text]} | margin, height=200, simulated=True, dark=dark)
    assert at_once == steps


def test_what_is_given_is_left_as_it_was():
    layout = {"annotations": [], "margin": {"b": 40}}
    whole_figure([], layout, height=100, simulated=True).update_layout(margin={"b": 3}, annotations=[])
    assert layout == {"annotations": [], "margin": {"b": 40}}
    again = whole_figure([], layout, height=100, simulated=True)
    again.layout.template.layout.font.size = 99
    assert whole_figure([], layout, height=100, simulated=True).layout.template.layout.font.size == 13
