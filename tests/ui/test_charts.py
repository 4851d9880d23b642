"""A figure as it goes to the browser: the same picture, drawn once."""

import pytest

from bestviz.figures.theme import DARK, LIGHT, new_figure, template_name, whole_figure
from bestviz.ui.charts import drawn_once

LINE = {"type": "scatter", "x": [1, 2], "y": [3, 4]}


@pytest.mark.parametrize(("dark", "colors"), [(False, LIGHT), (True, DARK)])
def test_the_house_style_is_written_out_under_what_the_figure_says(dark, colors):
    layout = {"xaxis": {"title": {"text": "weeks"}}, "margin": {"b": 40}, "showlegend": False}
    figure = whole_figure([LINE], layout, height=200, simulated=True, dark=dark)
    before = figure.to_json()
    shown = drawn_once(figure).to_dict()
    assert figure.to_json() == before
    assert shown["layout"].get("template") is None
    assert shown["layout"]["datarevision"] == 0
    assert shown["data"] == figure.to_dict()["data"]
    assert shown["layout"]["paper_bgcolor"] == colors.background
    assert shown["layout"]["margin"] == {"l": 8, "r": 8, "t": 8, "b": 40}
    assert shown["layout"]["xaxis"]["title"] == {"text": "weeks", "font": {"color": colors.muted, "size": 12}}
    assert shown["layout"]["yaxis"]["gridcolor"] == colors.grid
    assert len(shown["layout"]["annotations"]) == 1


def test_every_axis_has_the_style():
    figure = new_figure(height=200).update_layout(xaxis2={"domain": [0.6, 1]}, yaxis3={"gridcolor": "red"})
    figure.update_layout(yaxis={"linecolor": "red"})
    layout = drawn_once(figure).to_dict()["layout"]
    assert layout["xaxis2"]["fixedrange"] is True
    assert layout["xaxis2"]["domain"] == [0.6, 1]
    assert layout["yaxis3"]["gridcolor"] == "red"
    assert layout["yaxis3"]["fixedrange"] is True
    assert layout["yaxis3"]["showline"] is False  # its colour alone would draw it
    assert layout["yaxis"]["showline"] is True


def test_all_that_a_template_says_is_written_out():
    """Only layouts are: a template with traces or annotations would lose them."""
    import plotly.io as pio

    for dark in (False, True):
        assert set(pio.templates[template_name(dark)].to_plotly_json()) <= {"layout"}
        assert not any(name.endswith("defaults") for name in pio.templates[template_name(dark)].layout.to_plotly_json())


def test_a_figure_without_template_stays_plain():
    figure = new_figure(height=200)
    figure.layout.template = None
    assert drawn_once(figure).to_dict()["layout"]["height"] == 200
