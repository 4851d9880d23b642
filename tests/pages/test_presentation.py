"""The Presentation page on a model fitted to a small simulated trial: choosing, words, the show, the files."""

import pickle
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pandas as pd
import pytest

import bestviz
from bestviz.cohort.selection import Filters
from bestviz.reports.deck import Slide, Table
from bestviz.ui import background, trials
from bestviz.ui.cohort.filters import key_filter
from bestviz.ui.presentation import exporting, markup
from bestviz.ui.presentation.arranging import KEY_AT, Arrangement
from bestviz.ui.presentation.showing import KEY_DARK, KEY_NOTES, KEY_SHOWING
from bestviz.ui.presentation.source import Source
from bestviz.wording import SIMULATED
from bestviz.wording import cohort as cohort_words
from bestviz.wording import presentation as words
from bestviz.wording import slides as slide_words

PAGE = "pages/presentation.py"
DECK = (*(Slide(key, key.title()) for key in ("one", "two", "three")), Slide("journey_a", "A journey"))


# -- arranging --------------------------------------------------------------------------------------------------------


def keys(arrangement):
    return [slide.key for slide in arrangement.slides(DECK)]


def test_at_first_all_slides_but_the_journeys():
    assert keys(Arrangement()) == ["one", "two", "three"]
    assert [slide.key for slide in Arrangement().left(DECK)] == ["journey_a"]


@pytest.mark.parametrize(
    ("key", "by", "order"),
    [
        ("one", 1, ["two", "one", "three"]),
        ("three", -1, ["one", "three", "two"]),
        ("one", -1, ["one", "two", "three"]),
        ("three", 1, ["one", "two", "three"]),
    ],
)
def test_a_slide_is_moved_and_stays_at_the_ends(key, by, order):
    assert keys(Arrangement().moved(DECK, key, by)) == order


def test_a_slide_left_out_comes_back_where_it_is_wanted_with_its_words():
    without = Arrangement().retitled("two", "Mine").without(DECK, "two")
    assert keys(without) == ["one", "three"]
    back = without.with_slide(DECK, "two", after="three")
    assert keys(back) == ["one", "three", "two"]
    assert back.slides(DECK)[2].title == "Mine"
    assert keys(without.with_slide(DECK, "journey_a", after=None)) == ["one", "three", "journey_a"]
    assert keys(without.with_slide(DECK, "journey_a", after="one")) == ["one", "journey_a", "three"]


def test_words_are_taken_and_given_back():
    mine = Arrangement().retitled("one", "  Mine ").annotated("one", "Slowly.")
    first = mine.slides(DECK)[0]
    assert first.title == "Mine"
    assert first.notes[0] == "Your notes: Slowly."
    assert mine.retitled("one", " ").annotated("one", "").slides(DECK)[0] == DECK[0]


def test_an_order_of_another_deck_keeps_what_there_is():
    assert keys(Arrangement(order=("gone", "three", "one"))) == ["three", "one"]
    assert keys(Arrangement(order=())) == []


# -- markup -----------------------------------------------------------------------------------------------------------


def test_text_on_a_slide_is_no_markup():
    slide = Slide("a", "<T>", ("<c>",), ("<n>",), "<a>", points=("<q>",), table=Table(("<h>",), (("<r>",),)))
    parts = (markup.title_html, markup.points_html, markup.spoken_html)
    html = (
        "".join(part(slide) for part in parts)
        + markup.small_print_html(slide, False)
        + markup.table_html(slide.table, "<l>")
    )
    for letter in "Tcnaqhrl":
        assert f"<{letter}>" not in html
        assert f"&lt;{letter}&gt;" in html


def test_a_larger_window_enlarges_the_slide_and_leaves_room_for_the_bar():
    rules = markup.style_html(DECK[0], dark=False, show=True)
    assert "@media (min-width:1920px) and (min-height:1156px){:root{--deck-z:2}}" in rules
    assert "--deck-z" not in markup.style_html(DECK[0], dark=False, show=False)
    assert markup.style_html(DECK[0], dark=True, show=False) != markup.style_html(DECK[0], dark=False, show=False)


def test_notes_without_anything_to_say_are_not_drawn():
    assert markup.spoken_html(Slide("a", "T")) == ""


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def real(demo_models, monkeypatch):
    monkeypatch.setenv("BESTVIZ_MODELS", str(demo_models))


@pytest.fixture(scope="module")
def trial():
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture
def presentation(real, open_page, monkeypatch, trial):
    monkeypatch.setattr(trials, "current", lambda: trial)
    return lambda: open_page(PAGE)


def html(app):
    return " ".join(part.proto.body for part in app.get("html"))


def said(app):
    kinds = (app.markdown, app.caption, app.info, app.warning, app.error)
    return " ".join(str(part.value) for kind in kinds for part in kind) + html(app)


def no_fault(app):
    assert not app.exception
    assert not app.error
    return app


def listed(app):
    return [title.split(". ", 1)[1] for title in app.radio(key="deck.list").options]


def test_the_first_slide_is_shown_with_all_others_in_order(presentation):
    app = no_fault(presentation())
    assert words.place(1, len(listed(app))) in said(app)
    assert app.button(key="deck.previous").disabled
    assert app.button(key="deck.previous").proto.shortcut
    assert app.button(key="deck.next").proto.shortcut
    assert SIMULATED in said(app)


def test_next_previous_and_the_list_turn_over(presentation):
    app = presentation()
    app.button(key="deck.next").click().run()
    assert listed(app)[1] in html(app)
    assert app.radio(key="deck.list").index == 1
    app.button(key="deck.previous").click().run()
    assert app.radio(key="deck.list").index == 0
    last = app.radio(key="deck.list").proto.options[-1]
    app.radio(key="deck.list").set_value(last.value if hasattr(last, "value") else "next").run()
    assert no_fault(app).button(key="deck.next").disabled


def test_every_slide_is_drawn_on_the_page_and_in_the_show(presentation):
    app = presentation()
    total = len(listed(app))
    for showing in (False, True):
        app.session_state[KEY_SHOWING], app.session_state[KEY_AT] = showing, "question"
        app.session_state[KEY_NOTES] = True
        app.run()
        for at in range(1, total + 1):
            assert words.place(at, total) in said(no_fault(app))
            assert html(app).count("deck-title") >= 1
            assert all(len(chart.proto.alt) > 40 for chart in app.get("plotly_chart"))
            if at < total:
                app.button(key="deck.next").click().run()


def test_the_show_has_the_slide_alone_and_ends(presentation):
    app = presentation()
    app.button(key="deck.show").click().run()
    assert not app.radio
    assert not app.expander
    assert app.button(key="deck.leave").proto.shortcut
    app.button(key="deck.leave").click().run()
    assert app.radio


def test_notes_and_scheme(presentation):
    app = presentation()
    assert "deck-note" not in html(app).replace(".deck-note", "")
    app.toggle(key=KEY_NOTES).set_value(True).run()
    assert words.SPOKEN in html(app)
    light = html(app)
    app.toggle(key=KEY_DARK).set_value(True).run()
    assert html(app) != light
    no_fault(app)


def test_slides_are_moved_left_out_and_added_and_keep_their_words(presentation):
    app = presentation()
    before = listed(app)
    app.button(key="deck.down").click().run()
    assert listed(app)[:2] == [before[1], before[0]]
    assert words.place(2, len(before)) in said(app)
    app.text_input(key="deck.title.question").set_value("My own question").run()
    app.text_area(key="deck.remark.question").set_value("Pause here.").run()
    app.toggle(key=KEY_NOTES).set_value(True).run()
    assert "Your notes: Pause here." in html(app)
    app.button(key="deck.out").click().run()
    assert "My own question" not in listed(app)
    assert words.place(2, len(before) - 1) in said(app)
    app.selectbox(key="deck.add").set_value("question").run()
    assert listed(app)[2] == "My own question"
    app.button(key="deck.reset").click().run()
    assert listed(no_fault(app)) == before


def test_representative_patients_can_be_added(presentation):
    app = presentation()
    journeys = [text for text in app.selectbox(key="deck.add").options if text.startswith("A journey")]
    assert len(journeys) >= 3
    app.selectbox(key="deck.add").set_value(app.selectbox(key="deck.add").options[0]).run()
    assert app.get("plotly_chart")
    assert len([title for title in listed(no_fault(app)) if title.startswith("A journey")]) == 1


def test_without_a_slide_it_says_so_and_offers_the_way_back(presentation):
    app = presentation()
    app.session_state["deck.arrangement"] = Arrangement(order=())
    app.session_state[KEY_SHOWING] = True
    app.run()
    assert words.EMPTY in said(no_fault(app))
    app.button(key="deck.reset").click().run()
    assert app.button(key="deck.next")


def test_other_data_than_those_of_the_model_are_told(real, open_page, monkeypatch):
    other = bestviz.simulate_trial(n=150, seed=9)
    monkeypatch.setattr(trials, "current", lambda: replace(other, info=replace(other.info, name="Another trial")))
    app = no_fault(open_page(PAGE))
    assert any("fitted to other data" in str(one.value) for one in app.warning)


def test_data_without_arms_are_told(real, open_page, monkeypatch, trial):
    bare = replace(trial, participants=trial.participants.assign(first_arm=pd.NA))
    monkeypatch.setattr(trials, "current", lambda: bare)
    assert cohort_words.NO_ARMS in said(no_fault(open_page(PAGE)))


def test_without_data_the_demonstration_is_offered(real, open_page, monkeypatch):
    monkeypatch.setattr(trials, "current", lambda: None)
    assert "Simulate the demonstration trial" in [button.label for button in open_page(PAGE).button]


# -- files ------------------------------------------------------------------------------------------------------------


@dataclass
class Asked:
    """What a page asks of the background, which never ends here."""

    works: list

    def __call__(self, key, name, label, function, *args, **named):
        self.works.append(SimpleNamespace(key=key, name=name, label=label, function=function, args=args, named=named))
        return self.works[-1].name.encode() if name == "deck.html" else None


@pytest.fixture
def asked(monkeypatch):
    found = Asked([])
    monkeypatch.setattr(exporting, "draw_work", found)
    return found


@pytest.fixture
def exports(presentation, monkeypatch, asked):
    """The page with the files unfolded."""
    real_expander = exporting.st.expander

    def unfolded(label, **how):
        return real_expander(label, expanded=True, **how)

    monkeypatch.setattr(exporting.st, "expander", unfolded)
    return presentation


def test_every_file_is_made_of_the_slides_as_they_are(exports, asked):
    app = exports()
    assert {work.name for work in asked.works} >= {"deck.html", "deck.pack"}
    one = next(work for work in asked.works if work.name == "deck.html")
    assert [slide.title for slide in one.args[0]] == listed(app)
    assert not any(key.startswith("journey") for key in (slide.key for slide in one.args[0]))
    asked.works.clear()
    app.text_input(key="deck.title.question").set_value("My own").run()
    other = next(work for work in asked.works if work.name == "deck.html")
    assert other.args[0][0].title == "My own"
    assert other.key != one.key
    assert [button.label for button in app.get("download_button")] == [words.TAKE["html"]]


def test_a_file_that_is_being_made_is_not_lost_when_the_tree_has_been_judged():
    question = SimpleNamespace(key=("model", "data"))
    plain, tree = (Source(question, Filters(), "values", None, judged, "") for judged in ("plain", "tree"))
    assert plain.file_key == tree.file_key != Source(question, Filters(), None, None, "", "").file_key
    assert plain.key != tree.key


def test_slides_and_pack_obey_the_filters_and_the_page_says_so(exports, asked, trial):
    app = exports()
    before = {work.name: work.key for work in asked.works}
    app.session_state[key_filter("sex")] = ["female"]
    asked.works.clear()
    app.run()
    made = {work.name: work for work in asked.works}
    assert made["deck.pack"].named["filters"] == Filters(sex=("female",))
    women = int((trial.participants["sex"] == "female").sum())
    people = next(slide for slide in made["deck.html"].args[0] if slide.key == "people")
    assert people.caption[0] == f"{women} of 300 people: female."
    assert all(made[name].key != key for name, key in before.items())
    assert words.filtered("female") in said(no_fault(app))


def test_filters_that_leave_too_few_are_told(presentation, trial, monkeypatch):
    people = trial.participants.assign(site=["101"] * 295 + ["102"] * 5)
    monkeypatch.setattr(trials, "current", lambda: replace(trial, participants=people))
    app = presentation()
    app.session_state[key_filter("site")] = ["102"]
    app.run()
    assert "The slides on the trial are left out." in said(no_fault(app))
    assert slide_words.COURSES not in listed(app)


def test_without_a_browser_only_what_needs_none_is_offered(exports, asked, monkeypatch):
    monkeypatch.setattr(exporting, "find_browser", lambda: None)
    app = exports()
    assert {work.name for work in asked.works} == {"deck.html", "deck.pack"}
    assert words.NO_BROWSER in said(no_fault(app))


def test_without_pango_no_pdf_is_offered(exports, asked, monkeypatch):
    monkeypatch.setattr(exporting, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(exporting, "pdf_possible", lambda: False)
    app = exports()
    assert {work.name for work in asked.works} == {"deck.pptx", "deck.html", "deck.zip", "deck.pack"}
    assert words.NO_PDF in said(no_fault(app))


def test_an_empty_selection_still_has_the_pack(exports, asked):
    app = exports()
    asked.works.clear()
    app.session_state["deck.arrangement"] = Arrangement(order=())
    app.run()
    assert {work.name for work in asked.works} == {"deck.pack"}
    assert words.EMPTY in said(no_fault(app))


def test_what_is_asked_can_be_sent_to_the_background(exports, asked):
    exports()
    for work in asked.works:
        assert pickle.dumps((work.function, work.args, work.named))
        hash(work.key)


def test_a_template_that_cannot_be_used_is_told_in_a_sentence(presentation, monkeypatch):
    monkeypatch.setattr(exporting, "find_browser", lambda: "/usr/bin/chromium")
    real_expander = exporting.st.expander
    monkeypatch.setattr(exporting.st, "expander", lambda label, **how: real_expander(label, expanded=True, **how))
    failed = background.Job("any", state="failed", fault=slide_words.NO_LAYOUT)
    monkeypatch.setattr(background, "find", lambda key: failed if key[0] == "deck.pptx" else None)
    app = presentation()
    assert not app.exception
    assert [str(error.value) for error in app.error] == [slide_words.NO_LAYOUT]
    assert words.MAKE["pptx"] in [button.label for button in app.button]
