import re
import xml.etree.ElementTree as ET

import pytest

from bestviz.reports.html import Html, el, listing
from bestviz.reports.svg import course_svg, people_svg, swatch_svg
from bestviz.trial import ARMS, MEASURES

from .conftest import trajectories

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("improved", [0, 1, 55, 100])
@pytest.mark.parametrize("arm", ["ESC", "ACT+DUL"])
def test_a_hundred_people(improved, arm):
    paths = ET.fromstring(people_svg(improved, arm)).findall(f"{SVG}path")
    counts = {path.get("fill") == "none": path.get("d").count("M") for path in paths}
    assert counts.get(False, 0) == improved
    assert counts.get(True, 0) == 100 - improved


@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_has_a_swatch(arm):
    assert ET.fromstring(swatch_svg(arm)).find(f"{SVG}path") is not None


def course(start, arms=("ACT", "ESC")):
    rows = trajectories(arms, (0, 12, 24))
    plans = {arm: [row for row in rows if row["arm"] == arm] for arm in arms}
    return ET.fromstring(course_svg(plans, MEASURES["peg"], vary="ACT", title="a & b", start=start))


def test_the_course_keeps_to_scale_and_says_its_title():
    drawing = course(6.7)
    assert drawing.find(f"{SVG}title").text == "a & b"
    line = drawing.find(f"{SVG}polyline").get("points")
    heights = [float(point.split(",")[1]) for point in line.split()]
    # PEG 10 is at 8, PEG 0 at 196: a point is 18.8 high; means 6.7, 6.1, 5.5.
    assert heights == pytest.approx([196 - 18.8 * mean for mean in (6.7, 6.1, 5.5)], abs=0.06)
    assert len(drawing.findall(f"{SVG}polygon")) == 1  # one band, for one plan


@pytest.mark.parametrize(("start", "drawn"), [(6.7, 1), (0.5, 0), (None, 0)])
def test_the_line_of_a_meaningful_change_counts_from_week_0(start, drawn):
    lines = [line for line in course(start).findall(f"{SVG}line") if line.get("stroke-dasharray") == "12 5"]
    assert len(lines) == drawn
    if drawn:
        assert float(lines[0].get("y1")) == pytest.approx(196 - 18.8 * 5.7, abs=0.06)


def test_text_is_escaped_markup_is_not():
    assert el("p", "<b>", el("b", "&"), class_='"x"') == '<p class="&quot;x&quot;">&lt;b&gt;<b>&amp;</b></p>'
    assert el("p", None_="x", title=None) == '<p None="x"></p>'
    assert listing([]) == ""
    assert isinstance(listing(["a"]), Html)
    assert not re.search("<script", el("style", "</style><script>"))
