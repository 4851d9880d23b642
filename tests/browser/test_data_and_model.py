"""An investigator with data of their own: what is wrong, mended, fitted, in use on every page, and its card."""

import re
import shutil

import pytest

import bestviz

PARTS = ("Data", "Rules", "Fit", "Models", "Model card")


@pytest.fixture(scope="module")
def own_data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "data"
    bestviz.write_trial(bestviz.simulate_trial(n=150, seed=5), folder)
    return folder


@pytest.fixture
def models(models_folder):
    """The folder of models; what the journey adds is taken away again for the other tests."""
    yield models_folder
    shutil.rmtree(models_folder / "journey", ignore_errors=True)


def open_part(page, settled, name):
    page.get_by_role("tab", name=name, exact=True).click()
    settled(page)


def upload(page, settled, folder):
    page.locator('input[type="file"]').set_input_files([str(path) for path in sorted(folder.iterdir())])
    page.get_by_role("heading", name=re.compile("^Checked:")).wait_for()
    settled(page)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_every_part_is_accessible_and_fits(new_page, app_url, settled, axe, width, dark):
    page = new_page(width=width, height=844 if width == 390 else 800, dark=dark)
    page.goto(app_url + "/data_and_model")
    page.get_by_role("tab", name="Data", exact=True).wait_for()
    settled(page)
    for part in PARTS:
        open_part(page, settled, part)
        wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, part
        assert axe(page) == [], part


def test_from_own_data_to_a_model_in_use(page, app_url, settled, own_data, models, tmp_path):
    page.goto(app_url + "/data_and_model")
    settled(page)
    broken = tmp_path / "broken"
    shutil.copytree(own_data, broken)
    values = broken / "assessments.csv"
    values.write_text(re.sub(r",(\d+),peg,[\d.]+\n", r",\1,peg,11\n", values.read_text(), count=1))
    upload(page, settled, broken)
    page.get_by_text("1 error,").wait_for()
    page.get_by_text("peg of 11 is outside its instrument").wait_for()
    open_part(page, settled, "Fit")
    page.get_by_text("Choose data without errors first.").wait_for()

    open_part(page, settled, "Data")
    upload(page, settled, own_data)
    page.get_by_text("0 errors,").wait_for()
    open_part(page, settled, "Fit")
    name = page.get_by_role("textbox", name="Name of the model")
    name.fill("journey")
    name.press("Enter")
    settled(page)
    replicates = page.get_by_role("spinbutton", name="Replicates")
    replicates.fill("20")
    replicates.press("Enter")
    settled(page)
    page.get_by_role("button", name="Fit the model").click()
    page.get_by_role("button", name="Cancel").wait_for()

    page.reload()  # the fit goes on, and a new session finds it
    open_part(page, settled, "Fit")
    page.get_by_text("The model 'journey' is fitted").wait_for(timeout=180_000)
    assert (models / "journey" / "card.md").is_file()
    page.get_by_role("button", name="Use this model on every page").click()
    page.locator(".bv-banner", has_text="journey").wait_for()
    settled(page)
    open_part(page, settled, "Model card")
    page.get_by_role("heading", name="Model card: journey").wait_for()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the card").click()
    assert "# Model card: journey" in download.value.path().read_text()
    page.get_by_role("link", name="Patient", exact=True).click()
    page.locator(".bv-banner", has_text="journey").wait_for()
    settled(page)
    assert page.url.endswith("/patient")


def test_a_fit_is_cancelled_at_once(page, app_url, settled, models):
    page.goto(app_url + "/data_and_model")
    settled(page)
    open_part(page, settled, "Fit")
    if page.get_by_text("Choose data without errors first.").count():
        pytest.skip("no data on this machine to fit to")
    name = page.get_by_role("textbox", name="Name of the model")
    name.fill("journey")
    name.press("Enter")
    settled(page)
    page.get_by_role("button", name="Fit the model").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("The fit of 'journey' was cancelled.").wait_for(timeout=10_000)
    assert not (models / "journey").exists()
