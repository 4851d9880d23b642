import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import plotly.io as pio
import pytest

from bestviz.figures import theme
from bestviz.trial import ARMS, SINGLE_ARMS

ROOT = Path(__file__).resolve().parents[2]
# Machado, Oliveira and Fernandes 2009, complete deficiency: three rows each.
MACHADO = {
    "usual": "1 0 0  0 1 0  0 0 1",
    "protan": "0.152286 1.052583 -0.204868  0.114503 0.786281 0.099216  -0.003882 -0.048116 1.051998",
    "deutan": "0.367322 0.860646 -0.227968  0.280085 0.672501 0.047413  -0.011820 0.042940 0.968881",
    "tritan": "1.255528 -0.076749 -0.178779  -0.078411 0.930809 0.147602  0.004733 0.691367 0.303900",
}
VISION = {name: np.array(numbers.split(), float).reshape(3, 3) for name, numbers in MACHADO.items()}


def linear(color):
    c = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    low, high = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) for color in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1, 1.089])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("dark", [False, True])
def test_treatment_colours_are_readable_as_text(dark):
    background = theme.palette(dark).background
    for arm in SINGLE_ARMS:
        assert contrast(theme.color_of(arm, dark), background) >= 4.5
    for text in (theme.palette(dark).text, theme.palette(dark).muted):
        assert contrast(text, background) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("vision", VISION)
def test_treatment_colours_stay_apart(vision, dark):
    seen = [lab(VISION[vision] @ linear(theme.color_of(arm, dark))) for arm in SINGLE_ARMS]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= 16


def test_every_arm_has_a_look_of_its_own():
    looks = [theme.look(arm) for arm in ARMS]
    assert len(set(looks)) == len(ARMS)
    singles = [theme.look(arm) for arm in SINGLE_ARMS]
    assert len({one.dash for one in singles}) == len({one.symbol for one in singles}) == 4


def test_a_pair_shows_both_treatments():
    pair = theme.look("ACT+DUL")
    assert (pair.color, pair.symbol) == (theme.look("ACT").color, theme.look("ACT").symbol)
    assert (pair.edge, pair.dash) == (theme.look("DUL").color, theme.look("DUL").dash)


@pytest.mark.parametrize("dark", [False, True])
def test_templates_have_explicit_colours(dark):
    template = pio.templates[theme.template_name(dark)]
    assert template.layout.paper_bgcolor == theme.palette(dark).background
    assert template.layout.font.color == theme.palette(dark).text


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_figures_match_the_pages(scheme, dark):
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][scheme]
    colors = theme.palette(dark)
    assert colors.background == config["backgroundColor"]
    assert colors.text == config["textColor"]
    assert colors.panel == config["secondaryBackgroundColor"]


def test_fade():
    assert theme.fade("#FF8000", 0.5) == "rgba(255,128,0,0.5)"
