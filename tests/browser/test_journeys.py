"""What people do in the app, in a real browser."""

import json
import re
from pathlib import Path

import pytest

from bestviz.ui.navigation import PAGES

ADDRESSES = {title: "/" if place == 0 else f"/{Path(file).stem}" for place, (file, title) in enumerate(PAGES)}
AT_FIRST_NO_CHART = ("Week 12", "Data and model", "Presentation")
HEADLINE = ".bv-headline"


CHART = '[data-testid="stPlotlyChart"] .main-svg'
SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bacpac_sample"


def open_patient(page, app_url, settled):
    page.goto(app_url + "/patient")
    page.wait_for_selector(HEADLINE)
    settled(page)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_fits(new_page, app_url, settled, axe, name, dark, width):
    page = new_page(width=width, height=844 if width == 390 else 800, dark=dark)
    page.goto(app_url + ADDRESSES[name])
    # A page that still loads Plotly is quiet, too.
    page.wait_for_selector("h1" if name in AT_FIRST_NO_CHART else CHART)
    settled(page)
    assert page.locator("h1").count() == 1
    assert page.locator(".bv-banner").count() == 1
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stPlotlyChart"]:not([aria-label])').count() == 0
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert axe(page) == []


def test_the_steps_are_accessible_too(page, app_url, settled, axe):
    open_patient(page, app_url, settled)
    for step in ("2 What is possible", "3 What matters"):
        page.get_by_role("tab", name=step).click()
        settled(page)
        assert axe(page) == []


def test_a_value_typed_in_shows_its_norm_and_stays_out_of_the_address(page, app_url, settled):
    open_patient(page, app_url, settled)
    field = page.get_by_role("spinbutton", name=re.compile("^Physical function"))
    field.fill("37")
    field.press("Enter")
    page.get_by_text("1.3 SD worse than average").wait_for()
    settled(page)
    assert page.url == app_url + "/patient"


def test_a_slider_moved_by_keys_changes_the_shares(page, app_url, settled):
    open_patient(page, app_url, settled)
    page.get_by_role("tab", name="3 What matters").click()
    page.get_by_role("radio", name="Sliders").click()
    slider = page.get_by_role("slider", name=re.compile("^Anxiety"))
    slider.focus()
    slider.press("PageUp")
    page.get_by_text("PEG 90, anxiety 10").wait_for()
    settled(page)
    assert page.locator(HEADLINE).count() == 1


def test_a_red_flag_stops_advice(page, app_url, settled):
    open_patient(page, app_url, settled)
    page.get_by_role("tab", name="2 What is possible").click()
    page.get_by_text("Vertebral fracture in the last 6 months", exact=True).click()
    page.get_by_text("No advice for this patient.").first.wait_for()
    settled(page)
    assert page.locator(HEADLINE).count() == 0
    assert page.get_by_text("medical assessment first").count() >= 1


def test_a_case_is_saved_and_opened_in_another_session(new_page, app_url, settled, tmp_path):
    first = new_page()
    open_patient(first, app_url, settled)
    field = first.get_by_role("spinbutton", name=re.compile("^Age"))
    field.fill("58")
    field.press("Enter")
    settled(first)
    with first.expect_download() as download:
        first.get_by_role("button", name="Save the case file").click()
    file = tmp_path / "case.json"
    download.value.save_as(file)
    assert json.loads(file.read_text(encoding="utf-8"))["patient"]["baseline"] == {"age": 58}

    second = new_page()
    open_patient(second, app_url, settled)
    second.get_by_text("Open a case, or start from an example").click()
    second.locator('input[type="file"]').first.set_input_files(file)
    second.get_by_text("Case opened.").wait_for()
    settled(second)
    assert float(second.get_by_role("spinbutton", name=re.compile("^Age")).input_value()) == 58


def test_a_wrong_file_is_one_sentence_and_nothing_is_lost(page, app_url, settled, tmp_path):
    open_patient(page, app_url, settled)
    field = page.get_by_role("spinbutton", name=re.compile("^Age"))
    field.fill("58")
    field.press("Enter")
    settled(page)
    bad = tmp_path / "bad.json"
    bad.write_text('{"patient": {"baseline": {"peg": 11}}}', encoding="utf-8")
    page.get_by_text("Open a case, or start from an example").click()
    page.locator('input[type="file"]').first.set_input_files(bad)
    page.get_by_text("nothing has changed").wait_for()
    settled(page)
    assert page.get_by_text("baseline.peg: 11 is impossible").count() == 1
    assert float(field.input_value()) == 58


def test_the_case_survives_a_look_at_another_page(page, app_url, settled):
    open_patient(page, app_url, settled)
    field = page.get_by_role("spinbutton", name=re.compile("^Age"))
    field.fill("58")
    field.press("Enter")
    settled(page)
    page.get_by_role("link", name="Overview").click()
    page.get_by_text("The trial in one figure").wait_for()
    settled(page)
    page.get_by_role("link", name="Patient", exact=True).first.click()
    page.wait_for_selector(HEADLINE)
    settled(page)
    assert float(page.get_by_role("spinbutton", name=re.compile("^Age")).input_value()) == 58


def test_on_a_phone_the_answer_is_one_touch_away(new_page, app_url, settled):
    page = new_page(width=390, height=844)
    open_patient(page, app_url, settled)
    headline = page.locator(HEADLINE)
    assert headline.bounding_box()["y"] > 844
    strip = page.locator(".bv-strip")
    assert strip.bounding_box()["y"] < 844
    covered = "() => document.querySelector('[data-testid=\"stMain\"]').getBoundingClientRect().bottom"
    assert page.evaluate(covered) <= strip.bounding_box()["y"]  # the strip covers nothing of the page
    strip.get_by_role("link").click()
    page.wait_for_timeout(1000)
    assert 0 <= headline.bounding_box()["y"] < 844


def test_a_change_in_one_step_keeps_the_others_and_the_scroll(page, app_url, settled, tick):
    open_patient(page, app_url, settled)
    age = page.get_by_role("spinbutton", name=re.compile("^Age"))
    assert "Nothing is known about this patient yet" in page.locator(HEADLINE).inner_text()
    age.fill("71")
    age.press("Enter")
    page.get_by_text("65 years").first.wait_for()
    settled(page)
    assert "Nothing is known" not in page.locator(HEADLINE).inner_text()
    page.get_by_role("tab", name="2 What is possible").click()
    settled(page)
    page.locator("summary", has_text="Duloxetine").click()
    tick(page, "The patient declines it")
    page.get_by_text("Duloxetine: declined by the patient").wait_for()
    page.get_by_role("tab", name="1 Who").click()
    settled(page)
    assert float(age.input_value()) == 71


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the consortium's sample (../shared/data/bacpac_sample) is not here")
def test_a_person_of_a_bacpac_folder_is_opened(page, app_url, settled, axe, choose):
    open_patient(page, app_url, settled)
    page.get_by_text("Open a case, or start from an example").click()
    page.locator('input[type="file"]').nth(1).set_input_files(SAMPLE)
    page.get_by_role("combobox", name=re.compile("^Person")).wait_for()
    choose(page, "^Person", "SMART-0201-00001")
    page.get_by_role("button", name="Open this person").click()
    page.get_by_text("SMART-0201-00001 opened, as at week 0.").wait_for()
    settled(page)
    assert page.get_by_role("spinbutton", name=re.compile("^PEG")).input_value() == "4.3"
    assert "SMART" not in page.url
    assert axe(page) == []
