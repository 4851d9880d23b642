"""The Regimes page in a real browser: what is cheap stands at once, and everything can be reached."""

import pytest

CHART = '[data-testid="stPlotlyChart"] .main-svg'


@pytest.mark.parametrize("width", [1280, 390])
def test_first_view_and_definitions(new_page, app_url, settled, axe, width):
    page = new_page(width=width, height=844 if width == 390 else 800)
    page.goto(app_url + "/regimes")
    simulate = page.get_by_role("button", name="Simulate the demonstration trial")
    page.locator(CHART).or_(simulate).first.wait_for()
    if simulate.count():
        pytest.skip("no data of a trial here")
    page.get_by_role("button", name="Judge the regimes").wait_for()  # this server begins nothing long by itself
    settled(page)
    assert page.locator('[data-testid="stPlotlyChart"]:not([aria-label])').count() == 0
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert axe(page) == []
    page.get_by_role("tab", name="Definitions").click()
    page.get_by_text("Share of the possible gain").first.wait_for()
    settled(page)
    assert axe(page) == []
    assert page.url == app_url + "/regimes"
