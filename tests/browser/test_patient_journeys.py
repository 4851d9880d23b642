"""The whole way of a clinician: from a new patient to a plan and a hand-out, and on to week 12."""

import json
import re

import pytest

HEADLINE = ".bv-headline"
FRAMES = """() => [...document.querySelectorAll('[data-testid="stFullScreenFrame"]')]
  .map(frame => frame.getBoundingClientRect().width)"""
PARTS = ("Course", "Outcomes", "Effort and harm", "Why", "What if", "Compare", "How sure")


def begin(page, address, settled):
    page.goto(address)
    page.wait_for_selector("h1")
    settled(page)


def fill(page, name, value):
    field = page.get_by_role("spinbutton", name=re.compile(f"^{name}"))
    field.fill(value)
    field.press("Enter")


def open_step(page, name, settled):
    page.get_by_role("tab", name=name, exact=True).click()
    settled(page)


def read_case(page, settled, tmp_path):
    settled(page)  # a button that is drawn again misses a click
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the case file").click()
    file = tmp_path / "case.json"
    download.value.save_as(file)
    return json.loads(file.read_text(encoding="utf-8")), file


def test_from_a_new_patient_to_a_plan_and_a_hand_out(page, app_url, settled, choose, tick, tmp_path):
    begin(page, app_url + "/patient", settled)
    assert "Nothing is known about this patient yet" in page.locator(HEADLINE).inner_text()
    fill(page, "Age", "71")
    fill(page, "PEG", "6.7")
    settled(page)
    assert "Nothing is known" not in page.locator(HEADLINE).inner_text()

    open_step(page, "2 What is possible", settled)
    page.locator("summary", has_text="Duloxetine").click()
    tick(page, "Uncontrolled high blood pressure")
    page.get_by_text("Duloxetine: Uncontrolled high blood pressure").first.wait_for()
    page.locator("summary", has_text="Acceptance and commitment therapy").click()
    choose(page, "Has acceptance and commitment therapy been tried", "it did not help")
    page.get_by_text("acceptance and commitment therapy (it did not help)").first.wait_for()

    open_step(page, "3 What matters", settled)
    page.get_by_text("Typical patient").first.click()
    settled(page)
    assert page.get_by_role("heading", name=re.compile("^Plan:")).count() == 1
    assert page.locator(".bv-steps li").count() == 4
    assert "duloxetine" not in page.locator(".bv-plan").inner_text().lower()

    with page.expect_download() as download:
        page.get_by_role("button", name="Hand-out for the patient").click()
    file = tmp_path / "handout"
    download.value.save_as(file)
    assert file.read_bytes()[:5] in (b"%PDF-", b"<!doc", b"<!DOC")

    case, _ = read_case(page, settled, tmp_path)
    assert case["tried_before"] == {"ACT": "did_not_help"}
    assert case["patient"]["baseline"] == {"age": 71, "peg": 6.7}
    assert "71" not in page.url


def test_the_parts_of_the_answer_open_and_are_accessible(page, app_url, settled, axe):
    begin(page, app_url + "/patient", settled)
    fill(page, "PEG", "6.7")
    settled(page)
    for part in PARTS:
        open_step(page, part, settled)
        assert page.locator('[data-testid="stException"]').count() == 0
        assert page.locator('[data-testid="stPlotlyChart"]:not([aria-label])').count() == 0
        assert all(width == int(width) for width in page.evaluate(FRAMES)), "a fraction of a pixel draws a chart twice"
        assert axe(page) == [], part


@pytest.mark.parametrize("width", [1280, 390])
def test_twelve_weeks_later(new_page, app_url, settled, axe, choose, tmp_path, width):
    page = new_page(width=width, height=844)
    begin(page, app_url + "/week_12", settled)
    page.get_by_text("Choose the first treatment on the left").first.wait_for()
    choose(page, "First treatment", "^Duloxetine")
    page.get_by_text("If the response is poor:").first.wait_for()
    page.get_by_text("Taper: do not stop abruptly.").first.wait_for()
    fill(page, "PEG", "2.5")
    settled(page)
    choose(page, "Patient's impression of change", "1 very much improved")
    page.get_by_text("Response at week 12: excellent").first.wait_for()
    settled(page)
    assert "Continuing duloxetine ranks first" in page.locator(HEADLINE).inner_text()
    assert page.get_by_text("Observed against what had been expected").count() == 1

    choose(page, "Was it taken?", "harm")
    settled(page)
    assert "continuing duloxetine" not in page.locator(HEADLINE).inner_text().lower()
    assert axe(page) == []

    case, file = read_case(page, settled, tmp_path)
    assert case["patient"]["first_arm"] == "DUL"
    assert case["patient"]["stopped_for_harm"] is True
    second = new_page()
    begin(second, app_url + "/patient", settled)
    second.get_by_text("Open a case, or start from an example").click()
    second.locator('input[type="file"]').first.set_input_files(file)
    second.get_by_text("Case opened.").first.wait_for()
    settled(second)
    second.get_by_role("link", name="Week 12").first.click()
    second.get_by_text("Response at week 12: excellent").first.wait_for()


def test_two_tabs_do_not_mix_patients(new_page, app_url, settled):
    one, two = new_page(), new_page()
    begin(one, app_url + "/patient", settled)
    begin(two, app_url + "/patient", settled)
    fill(one, "Age", "71")
    fill(two, "Age", "30")
    settled(one)
    settled(two)
    assert one.get_by_text("65 years or older").count() >= 1
    assert two.get_by_text("65 years or older").count() == 0
    one.reload()
    one.wait_for_selector(HEADLINE)
    settled(one)
    assert one.get_by_role("spinbutton", name=re.compile("^Age")).input_value() == ""


def test_the_keyboard_alone_reaches_the_answer(page, app_url, settled):
    begin(page, app_url + "/patient", settled)
    focus = "() => (document.activeElement.getAttribute('aria-label') || document.activeElement.textContent || '')"
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focus).strip())
    assert any("Age" in name for name in reached)
    assert any(name.startswith("Course") for name in reached)
    assert any("Save the case file" in name for name in reached)


FHIR = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1966-07-15"}},
        {"resource": {"resourceType": "Encounter", "id": "e1", "subject": {"reference": "Patient/p1"}}},
    ],
}


@pytest.mark.parametrize("round_", range(2))
def test_what_the_fields_show_is_what_is_saved_whatever_was_opened_before(page, app_url, settled, tmp_path, round_):
    begin(page, app_url + "/patient", settled)
    page.get_by_text("Open a case, or start from an example").click()
    fhir = tmp_path / "bundle.json"
    fhir.write_text(json.dumps(FHIR), encoding="utf-8")
    for place in range(2):
        page.locator('input[type="file"]').first.set_input_files(fhir)
        page.get_by_text("Not understood, so not used").first.wait_for()
        page.locator(f".st-key-case-example-{place} button").click()
        page.get_by_text("Not understood, so not used").first.wait_for(state="detached")
        fill(page, "PEG", "7.5")
        settled(page)
        shown = {
            name: float(page.get_by_role("spinbutton", name=re.compile(f"^{label}")).input_value())
            for name, label in {"age": "Age", "peg": "PEG", "physical_function": "Physical function"}.items()
        }
        saved = read_case(page, settled, tmp_path)[0]["patient"]["baseline"]
        assert shown == {name: saved[name] for name in shown}
        assert saved["peg"] == 7.5
