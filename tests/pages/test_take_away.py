"""The section "Take away": what is offered, and that nothing is made before it is asked for."""

import pytest

from bestviz.errors import BestVizError
from bestviz.ui import state, take_away
from bestviz.wording import SIMULATED
from bestviz.wording import take_away as words


@pytest.fixture
def made(monkeypatch):
    calls = []
    for name in ("make_handout", "handout_html"):
        monkeypatch.setattr(take_away, name, lambda *_, name=name, **settings: calls.append((name, settings["kind"])))
    return calls


def labels(page):
    return [button.proto.label for button in page.get("download_button")]


def unfolded(page):
    """The page with the text for the chart in sight."""
    page.session_state["group.chart_text"] = True
    return page.run()


def captions(page):
    return " ".join(caption.value for caption in page.caption)


def test_hand_outs_text_and_case_file_are_offered_and_none_is_made(made, recorded, open_page):
    page = open_page("pages/patient.py")
    assert labels(page) == ["Hand-out for the patient (PDF)", "Hand-out for the chart (PDF)", "Save the case file"]
    assert not page.code
    assert unfolded(page).code[-1].value.startswith(f"{SIMULATED}.\n")
    assert words.MADE in captions(page)
    assert made == []


def test_where_no_pdf_can_be_made_pages_to_print_are_offered(made, recorded, open_page, monkeypatch):
    monkeypatch.setattr(take_away, "pdf_possible", lambda: False)
    page = open_page("pages/patient.py")
    assert labels(page)[:2] == ["Hand-out for the patient (HTML)", "Hand-out for the chart (HTML)"]
    assert words.NO_PDF in captions(page)


@pytest.mark.parametrize(("possible", "name"), [(True, "make_handout"), (False, "handout_html")])
def test_a_click_makes_the_kind_that_was_asked_for(made, monkeypatch, possible, name):
    monkeypatch.setattr(take_away, "pdf_possible", lambda: possible)
    case = take_away.Case()
    take_away._maker("chart", case, {})()
    assert made == [(name, "chart")]


def test_without_advice_the_case_file_is_left(recorded, open_page, monkeypatch):
    def fails(*_):
        raise BestVizError("No advice today.")

    monkeypatch.setattr(recorded, "recommend", fails)
    page = open_page("pages/patient.py")
    assert labels(page) == ["Save the case file"]
    assert page.error[0].value == "No advice today."


def test_what_was_entered_is_in_the_text(recorded, open_page):
    page = unfolded(open_page("pages/patient.py"))
    page.number_input(key=state.key_input("age")).set_value(58.0).run()
    assert "Known: Age 58 years." in page.code[-1].value
