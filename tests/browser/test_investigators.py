"""An investigator asks who responds and what lasts, and lets the markers be judged, then thinks better of it."""

import pytest

CHART = '[data-testid="stPlotlyChart"] .main-svg'
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_who_responds(new_page, app_url, settled, axe, choose, width, dark):
    page = new_page(width=width, height=844 if width == 390 else 800, dark=dark)
    page.goto(app_url + "/who_responds")
    page.wait_for_selector(CHART)
    settled(page)
    assert page.evaluate(WIDE) <= 0
    assert axe(page) == []
    choose(page, "Outcome", "Physical function")
    page.get_by_text("Physical function at week 24:").first.wait_for()
    page.get_by_role("radio", name="Duloxetine").or_(page.get_by_role("button", name="Duloxetine")).first.click()
    page.get_by_text("Benefit of duloxetine against the average of the others").wait_for()
    settled(page)


def test_what_lasts_and_long_work_that_survives_a_reload_and_is_cancelled(page, app_url, settled, axe):
    page.goto(app_url + "/lasting_and_deep")
    page.wait_for_selector(CHART)
    settled(page)
    assert axe(page) == []
    page.get_by_role("button", name="Judge what the markers add").click()
    page.get_by_role("button", name="Cancel").wait_for()
    page.reload()
    page.get_by_role("button", name="Cancel").wait_for()
    assert axe(page) == []
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The calculation was cancelled.").wait_for()
    assert page.get_by_role("button", name="Judge what the markers add").count() == 1
