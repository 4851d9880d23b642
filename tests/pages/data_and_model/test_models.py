"""Models beside each other, verified, chosen; the card of the one in use."""

import json
import shutil

import bestviz
from bestviz.advice.card import plain
from bestviz.advice.kept_value import KeptValue, Ranged
from bestviz.advice.uncertainty import MEASURED, Calibration, Coverage
from bestviz.store import VALUE_FILE, attach
from bestviz.wording import data as words
from bestviz.wording.card import calibrated, covered

PAGE = "pages/data_and_model.py"


def test_models_are_compared_and_verified(open_page, here):
    (here / "bad").mkdir()
    (here / "bad" / "manifest.json").write_text("{}")
    page = open_page(PAGE).part("Models")
    shown = page.texts()
    assert "300 simulated people" in shown
    assert "30 replicates, seed 1" in shown
    assert "taken from other simulated trials" in shown
    assert "cannot be used" in shown
    page.button(key="shelf.verify").click().run()
    assert f"demo: {words.VERIFIED}." in page.texts()
    assert "bad: not to be used." in page.texts()


def test_the_card_is_on_the_page_and_tells_what_it_is_for(open_page):
    page = open_page(PAGE).part("Model card")
    shown = page.texts()
    for part in ("Subgroups", "Validation", "Calibration and coverage", "Intended use", "Out of scope", "Limits"):
        assert part in shown
    assert "Model card: demo" in shown


def test_a_description_cannot_put_markdown_into_the_card():
    text = plain("![x](http://example.org/p.png)\n# <b>Big</b>")
    assert text == "\\!\\[x\\](http\\://example.org/p.png) \\# \\<b\\>Big\\</b\\>"


def test_what_the_rule_is_worth_is_compared_and_stands_in_the_card_once_known(open_page, here, demo_models):
    shutil.copytree(demo_models / "demo", here / "judged")
    digest = bestviz.load_model(here / "judged").digest
    page = open_page(PAGE).part("Models")
    assert "mean PEG" not in page.texts()
    assert words.COMPARE_NOTE in page.texts()
    worth = {"estimate": 3.9, "low": 3.7, "high": 4.1}, {"estimate": -0.21, "low": -0.4, "high": -0.02}
    value = KeptValue(digest, "2026-11-22", 300, 5, 2, Ranged(**worth[0]), Ranged(**worth[1]), ())
    attach(here / "judged", digest, {VALUE_FILE: json.dumps(value.to_dict())})
    shown = page.run().texts()
    assert "mean PEG 3.90 points at week 24 (95 % interval 3.70 to 4.10), lower is better" in shown
    assert "difference from the best fixed plan −0.21 points (95 % interval −0.40 to −0.02)" in shown
    page.selectbox(key="shelf.use").select("judged").run()
    assert "mean PEG 3.90 points at week 24" in page.part("Model card").texts()


def test_intervals_in_short():
    own = Calibration(1.2, 1.1, 2.0, "n=805", "20 trials", after=Coverage(0.95, 0.938, 0.5, 0.5)).to_dict()
    assert calibrated(own) == "measured on its own data"
    assert covered(own) == "95 % intervals hold 95 of 100 means, 94 of 100 differences"
    assert calibrated(MEASURED.to_dict()) == "taken from other simulated trials"
    assert calibrated(Calibration().to_dict()) == "none"
    assert calibrated(None) == "not known"
    assert covered(None) == covered(MEASURED.to_dict()) == "coverage not measured"


def test_without_a_model_the_demo_is_offered_and_data_can_be_checked(open_page, no_models):
    page = open_page(PAGE)
    assert "120 people" in page.texts()
    for name in ("Rules", "Fit", "Models", "Model card"):
        page.part(name)
        assert not page.exception
