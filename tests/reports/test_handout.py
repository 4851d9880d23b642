import io
import re
import socket
import urllib.request

import pypdf
import pytest

from bestviz import wording
from bestviz.errors import PatientError, PreferenceError
from bestviz.reports import pdf
from bestviz.reports.handout import KINDS, handout_html, make_handout
from bestviz.trial import MEASURES, TREATMENTS, WEIGHTABLE
from bestviz.wording import handout as words

from .conftest import LONG, TODAY, everything, long_first, long_second, option, refused

REASON = "one written reason after another; " * 14
RED_FLAGS = ("adult", "chronic_pain")


def opened(content):
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content):
    return " ".join(opened(content).pages[0].extract_text().split())


def plain(html):
    body = re.sub(r"(?s)<(style|title)>.*?</\1>", " ", html)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def excluding(advice, *arms):
    """The advice with these arms refused for a long reason; what is left stays ranked."""
    left = [o if o["arm"] not in arms else refused(o["arm"], REASON) for o in advice["first"]]
    best = next((o["arm"] for o in left if o["allowed"]), None)
    return advice | {"first": left, "recommended_first": best}


CASES = {
    "all and long": (long_first(), everything()),
    "nothing known": (long_first(unknown=list(everything()["baseline"])), {}),
    "one refused": (
        excluding(long_first(), "DUL"),
        everything() | {"contraindicated": {"DUL": REASON}},
    ),
    "one left": (
        excluding(long_first(), "ACT", "EBEM", "DUL"),
        everything() | {"contraindicated": {"DUL": REASON, "ACT": REASON}, "declined": {"EBEM": REASON}},
    ),
    "nothing left": (
        excluding(long_first(plan=[], trajectories=[], outcomes=[], reasons=[]), *TREATMENTS),
        {"contraindicated": dict.fromkeys(TREATMENTS, REASON)},
    ),
    "week 12": (long_second(), everything(12)),
    "week 12, class unknown": (
        long_second(
            second=[],
            recommended_second=None,
            response=None,
            trajectories=[],
            outcomes=[],
            by_response=[
                {"response": r, "second": [option(a)], "recommended_second": a, "near_equal": [a, "ACT", "ESC+EBEM"]}
                for r, a in {"excellent": "EBEM", "good": "EBEM+DUL", "medium": "ACT+EBEM", "poor": "DUL"}.items()
            ]
            + [{"response": "poor", "second": [], "recommended_second": None, "near_equal": []}],
        ),
        everything(12) | {"response": None, "response_reason": None},
    ),
}


FULL = [(case, "chart") for case in CASES] + [(case, "patient") for case in ("all and long", "one left", "week 12")]


@pytest.mark.parametrize(("case", "kind"), FULL)
def test_one_page_whatever_is_in_it(weasyprint, case, kind):
    advice, patient = CASES[case]
    content = make_handout(advice, patient, kind=kind, exclusions=RED_FLAGS, tried={"DUL": "side_effects"}, today=TODAY)
    document = opened(content)
    assert len(document.pages) == 1
    assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [595, 842]  # A4 in points
    text = text_of(content)
    assert "22 November 2026" in text
    assert "0.1.0" in text
    assert f"{wording.SIMULATED}." in text


def test_it_is_tagged_and_has_a_title_and_a_language(weasyprint, advice, patient):
    document = opened(make_handout(advice, patient, today=TODAY))
    root = document.trailer["/Root"]
    assert document.metadata.title == words.TITLES["patient"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]


def test_figures_are_vector(weasyprint, advice, patient):
    for kind in KINDS:
        assert list(opened(make_handout(advice, patient, kind=kind, today=TODAY)).pages[0].images) == []


def test_same_input_and_day_same_bytes(weasyprint, advice, patient):
    first, again = (make_handout(advice, patient, today=TODAY) for _ in range(2))
    assert first == again
    assert make_handout(advice, patient, today=TODAY.replace(day=23)) != first


def test_nothing_is_fetched(weasyprint, advice, patient, monkeypatch, caplog):
    def refuse(*_, **__):
        raise AssertionError("a hand-out opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", refuse)
    make_handout(advice, patient, today=TODAY)
    asking = '<img alt="a" src="http://127.0.0.1:9/x.png"><link rel="stylesheet" href="file:///etc/hosts">'
    with caplog.at_level("ERROR"):
        pdf.one_page(lambda *_: f'<html lang="en"><title>t</title><body>{asking}</body></html>')
    assert caplog.text.count("disallowed protocol") == 2


def test_what_does_not_fit_is_refused(weasyprint):
    with pytest.raises(pdf.HandoutError, match="does not fit on one page"):
        pdf.one_page(lambda *_: f'<html lang="en"><title>t</title>{"<p>x</p>" * 100}')


def test_without_pango_one_sentence(monkeypatch, advice, patient):
    def broken(_):
        raise OSError("cannot load library 'libpango'")

    monkeypatch.setattr(pdf, "import_module", broken)
    with pytest.raises(pdf.NoPdfError, match=r"^No PDF can be made here, .* to print \(HTML\) instead\.$"):
        make_handout(advice, patient)


@pytest.mark.parametrize(("found", "loads", "possible"), [(None, True, False), ("x", False, False), ("x", True, True)])
def test_whether_a_pdf_is_possible(monkeypatch, found, loads, possible):
    def load(_):
        if not loads:
            raise OSError

    pdf.pdf_possible.cache_clear()
    monkeypatch.setattr(pdf, "find_spec", lambda _: found)
    monkeypatch.setattr(pdf, "CDLL", load)
    assert pdf.pdf_possible() is possible
    pdf.pdf_possible.cache_clear()


@pytest.mark.parametrize("kind", KINDS)
def test_watermark_and_footer_where_simulated_and_only_there(advice, patient, kind):
    html = handout_html(advice, patient, kind=kind, today=TODAY)
    assert f'<p class="mark">{wording.SIMULATED}</p>' in html
    assert f"<strong>{wording.SIMULATED}.</strong>" in html
    advice["model"]["simulated"] = False
    real = handout_html(advice, patient, kind=kind, today=TODAY)
    assert wording.SIMULATED not in real
    assert "805 participants" in real
    assert 'class="mark"' not in real


def test_the_page_to_print_is_self_contained(advice, patient):
    html = handout_html(advice, patient, kind="chart")
    assert html.startswith("<!DOCTYPE html>")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|<link|@import|url\(", html)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_by_hand_stays_text(kind):
    attack = '<script>alert(1)</script> & "x" <img src=http://127.0.0.1/>'
    advice = excluding(long_first(warnings=[attack]), "DUL")
    advice["first"][-1]["reason"] = attack
    html = handout_html(advice, {"contraindicated": {"DUL": attack}}, kind=kind)
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in html


# --- what it says ---


def test_the_numbers_for_the_patient_are_those_of_the_advice(advice, patient):
    text = plain(handout_html(advice, patient, today=TODAY))
    assert "Chance of being best: 52 of 100" in text
    for o in wording.ranked(advice):
        row = wording.outcome_row(advice, o["arm"], "peg", 24)
        improved, ends = row["chance_of_meaningful_improvement"], row["chance_interval"]
        assert f"Better: {100 * improved:.0f} of 100 ({100 * ends[0]:.0f} to {100 * ends[1]:.0f})" in text
    for step in advice["plan"]:
        assert f"{100 * step['probability']:.0f} of 100 people like you" in text


def test_the_numbers_for_the_chart_are_those_of_the_advice(advice, patient):
    text = plain(handout_html(advice, patient, kind="chart", today=TODAY))
    assert "1.55 (1.10 to 2.00)" in text
    best = advice["recommended_first"]
    for row in advice["outcomes"]:
        if row["arm"] == best and not MEASURES[row["outcome"]].binary:
            change, (low, high) = row["change"], row["change_interval"]
            shown = f"{change:+.1f} ({low:+.1f} to {high:+.1f})".replace("-", "−")
            assert re.sub(r"\+0\.0", "0.0", shown) in text
    assert "Known: PEG 6.7 points; Age 58 years" in text
    assert advice["model"]["digest"][:16] in text
    for warning in advice["warnings"]:
        assert warning in text


def test_filled_marks_are_the_people_who_get_better():
    html = handout_html(long_first(), {})
    assert html.count("55 of 100 marks are filled") == 4


def test_the_chart_names_what_was_entered_and_what_speaks_against(advice):
    patient = {"baseline": {"age": 70, "phq2": 4}, "contraindicated": {"ACT": "because"}, "declined": ["EBEM"]}
    html = handout_html(advice, patient, kind="chart", exclusions=("adult",), tried={"DUL": "helped"})
    text = plain(html)
    assert "Duloxetine: 65 years or older. Consider the risk of falls and check sodium." in text
    assert "Ask about suicidal thoughts before starting" in text
    assert "Not so: 18 years or older." in text
    assert "Tried before: duloxetine (it helped)." in text


@pytest.mark.parametrize(("arm", "told"), [("ACT", True), ("ACT+DUL", False)])
def test_leaving_duloxetine_is_told_to_be_slow(arm, told):
    advice = long_second(second=[option(arm)], recommended_second=arm, near_equal=[arm])
    html = handout_html(advice, {"week": 12, "first_arm": "DUL"}, kind="chart")
    assert ("Taper: do not stop abruptly." in html) == told


def test_a_plan_that_leaves_duloxetine_says_so_at_the_start(advice):
    step = advice["plan"][0] | {"arm": "ACT", "action": "switch"}
    started = advice | {"recommended_first": "DUL", "plan": [step]}
    assert "Taper: do not stop abruptly." in handout_html(started, {}, kind="chart")


def test_notes_that_are_left_out_are_counted():
    advice = long_first()
    from bestviz.reports.chart_sheet import chart_content
    from bestviz.reports.view import view_of

    html = chart_content(view_of(advice, {}), 4)
    assert "and 8 more: see the page in BestViz" in html
    assert html.count(LONG) == 4 + 4


@pytest.mark.parametrize(
    ("same", "close", "expected"),
    [
        ((), (), "For people like you, acceptance and commitment therapy ranks first."),
        (("EBEM",), (), "Exercise and manual therapy is equivalent: we know that it does about as well."),
        ((), ("EBEM", "ESC", "DUL"), "The other options cannot be told apart from it: we do not know which is better."),
        (("ESC", "DUL"), ("EBEM",), "Enhanced self-care and duloxetine are equivalent"),
    ],
)
def test_what_we_know_and_what_we_do_not_know_are_different_words(same, close, expected):
    advice = long_first()
    for o in advice["first"][1:]:
        o |= {"equivalent": o["arm"] in same, "near_equal": o["arm"] in (*same, *close)}
    text = words.plain_headline(advice)
    assert expected in text
    assert ("cannot be told apart" in text) == bool(close)
    assert ("equivalent" in text) == bool(same)


def test_at_week_12_it_says_what_is_done_and_how_it_went():
    text = plain(handout_html(long_second(), everything(12)))
    assert "For people like you, adding enhanced self-care ranks first." in text
    assert "Your first treatment was exercise and manual therapy. You stopped it early." in text
    assert "How you feel after 12 weeks: a little better." in text
    assert "enhanced self-care for 12 weeks" not in text


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"peg": 1.0}, "Only this counts here: pain and what it keeps you from doing."),
        ({"peg": 0.5, "anxiety": 0.5}, "These count the same: pain and what it keeps you from doing and worry."),
        ({"anxiety": 0.25, "depression": 0.75}, "Of 100 points of importance: low mood 75 and worry 25."),
    ],
)
def test_what_matters_in_plain_words(weights, expected):
    assert words.wishes(weights) == expected


def test_every_outcome_has_plain_words():
    assert all(words.wishes({code: 1.0}) for code in WEIGHTABLE)


def test_the_patients_words_are_easy():
    """Flesch-Kincaid grade of the sentences, names of treatments counted as one easy word: age 12 is grade 7."""
    shown = plain(handout_html(long_first(unknown=["age"]), {}))
    own = (words.SURE, words.NATURAL, words.USUAL, words.DUL_SAFETY, words.PEG_PLAIN, words.NOTES)
    assert all(sentence in shown for sentence in own)
    others = (*words.NOT_THIS, *words.QUESTIONS, words.NOTHING_RANKED, words.CLASS_UNKNOWN, words.NO_STEP)
    text = " ".join([*own, *others])
    for treatment in TREATMENTS.values():
        text = re.sub(treatment.name, "this", text, flags=re.IGNORECASE)
    assert grade(text) < 7


def grade(text):
    sentences = len(re.findall(r"[.!?:;](?:\s|$)", text))
    tokens = re.findall(r"[A-Za-z]+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", t.lower())))) for t in tokens)
    return 0.39 * len(tokens) / sentences + 11.8 * syllables / len(tokens) - 15.59


# --- what does not belong together ---


def test_another_week_is_refused(advice):
    with pytest.raises(PatientError, match="the advice is for week 0, the patient is described at week 12"):
        handout_html(advice, {"week": 12, "first_arm": "ACT"})


def test_other_preferences_are_refused(advice, patient):
    with pytest.raises(PreferenceError, match="preferences are not those of the advice"):
        handout_html(advice, patient, {"anxiety": 1})
    assert handout_html(advice, patient, {"peg": 3})


def test_an_impossible_patient_is_refused(advice):
    with pytest.raises(PatientError, match="age"):
        handout_html(advice, {"baseline": {"age": 7}})
