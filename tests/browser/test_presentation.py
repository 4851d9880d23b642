"""A presenter puts a slide of a patient in, shows the deck with the keyboard, and takes it away."""

import re

import pytest

TITLE = ".deck-title"
WALL = ".st-key-deck-slide .js-plotly-plot .main-svg"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_presenter_arranges_shows_and_takes_away(new_page, app_url, settled, axe, choose, width, dark):
    page = new_page(width=width, height=844 if width == 390 else 800, dark=dark)
    page.goto(app_url + "/presentation")
    page.wait_for_selector(TITLE)
    settled(page)
    assert axe(page) == []
    question = page.inner_text(TITLE)
    choose(page, "Add a slide", "^A journey")
    page.get_by_text("Slide 2 of").wait_for()
    settled(page)
    journey = page.inner_text(TITLE)
    assert journey.startswith("A journey")
    page.locator(TITLE).click()  # the keys belong to the slide again
    page.keyboard.press("ArrowLeft")
    page.get_by_text("Slide 1 of").wait_for()
    assert page.inner_text(TITLE) == question

    page.get_by_role("button", name="Show slides").click()
    page.get_by_role("button", name=re.compile("End show")).wait_for()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(WALL)
    settled(page)
    assert page.inner_text(TITLE) == journey
    assert not page.get_by_role("heading", name="Presentation").is_visible()
    slide, figure = page.locator(".st-key-deck-slide").bounding_box(), page.locator(WALL).first.bounding_box()
    assert figure["x"] >= slide["x"]
    assert figure["x"] + figure["width"] <= slide["x"] + slide["width"] + 1  # nothing is cut off
    assert slide["width"] > 0.85 * width
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_text("Files to take away").click()
    page.get_by_role("button", name="Make the slides as HTML").click()
    take = page.get_by_role("button", name="Download the slides as HTML (offline)")
    take.wait_for(timeout=120_000)
    settled(page)
    assert axe(page) == []
    with page.expect_download() as started:
        take.click()
    text = started.value.path().read_text(encoding="utf-8")
    assert question in text
    assert journey in text
    assert "Simulated data: not for treatment decisions" in text
