"""An investigator looks at the trial, narrows it down, and takes a figure and its numbers away."""

import re

import pytest

CHART = '[data-testid="stPlotlyChart"] .main-svg'


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_an_investigator_filters_looks_and_downloads(new_page, app_url, settled, axe, width, dark):
    page = new_page(width=width, height=844 if width == 390 else 800, dark=dark)
    page.goto(app_url + "/cohort")
    page.wait_for_selector(CHART)
    settled(page)
    assert axe(page) == []
    page.get_by_text("Filters", exact=True).click()
    page.get_by_role("button", name="female", exact=True).click()
    page.get_by_text("Reset filters").wait_for()
    settled(page)
    assert page.get_by_text(re.compile(r"^\d+ of \d+ people · female$")).count() == 1
    assert "female" not in page.url
    page.get_by_role("radio", name="Response").or_(page.get_by_role("button", name="Response", exact=True)).click()
    page.get_by_role("heading", name="Response at week 12 by first treatment").wait_for()
    page.wait_for_selector(CHART)
    settled(page)
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert axe(page) == []
    page.get_by_text("Download", exact=True).click()
    settled(page)
    with page.expect_download() as started:
        page.get_by_role("button", name="Numbers (CSV)").click()
    text = started.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("# Response at week 12 by first treatment")
    assert "Filters: female." in text
    assert "Simulated data: not for treatment decisions" in text
