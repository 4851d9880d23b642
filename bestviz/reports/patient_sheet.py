"""The hand-out for the patient: options, plan and course in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestviz import wording
from bestviz.reports.html import Html, el, joined, listing, paragraphs
from bestviz.reports.svg import course_svg, people_svg, swatch_svg
from bestviz.reports.view import View
from bestviz.trial import MEASURES, TREATMENTS, arm_name, arm_title, treatments_of
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import handout as words

_PEG = "peg"


def patient_content(view: View, most: int | None = None) -> Html:
    """The sheet between title and footer; its lists are short, so `most` cuts nothing."""
    del most
    headline = words.CLASS_UNKNOWN if view.by_response else words.plain_headline(view.advice)
    return joined(
        [
            el("p", headline, class_="lead box"),
            _now(view),
            _wishes(view),
            _options(view),
            _then(view),
            el("div", _sure(view), _questions(view), _not_this(), class_="columns"),
        ]
    )


def _now(view: View) -> Html:
    if view.week == 0:
        return Html("")
    patient = view.patient
    so_far = words.so_far(patient.first_arm or "", view.advice["response"], patient.stopped_first)
    return joined([el("h2", "Where you are now"), el("p", so_far)])


def _wishes(view: View) -> Html:
    return joined([el("h2", "What was entered as mattering to you"), el("p", words.wishes(view.advice["preferences"]))])


def _options(view: View) -> Html:
    if not view.options:
        return joined([el("h2", "Your options"), _by_response(view), _left_out(view)])
    gains = [view.row(o["arm"], _PEG, view.horizon_week) for o in view.options]
    shown = any(row and row["chance_of_meaningful_improvement"] is not None for row in gains)
    note = f"{words.gain(_PEG, view.horizon_week)} {words.PEG_PLAIN}" if shown else ""
    cards = [_card(view, place, option) for place, option in enumerate(view.options, 1)]
    return joined(
        [
            el("h2", "Your options, ranked by what matters to you"),
            paragraphs(note),
            el("ol", *cards, class_="options"),
            el("p", words.USUAL, " ", words.NATURAL if view.has_difference else words.NATURAL_ALONE, class_="small"),
            el("p", el("strong", words.DUL_SAFETY), class_="small") if view.mentions("DUL") else "",
            _left_out(view),
        ]
    )


def _card(view: View, place: int, option: Mapping[str, Any]) -> Html:
    arm = option["arm"]
    name = el("h3", words.numbered(place, view.advice, arm))
    best = el("p", f"Chance of being best: {wording.of_100(option['probability_best'])}")
    what = el("div", name, best, *_involved(view, arm), class_=f"what arm-{_new(view, arm)}")
    gain = el("div", _people(view, arm), class_="gain")
    return el("li", what, gain, el("div", *_harm(view, arm), class_="harm"))


def _new(view: View, arm: str) -> str:
    """The treatment that an option adds to what the patient has; its own first one at the start."""
    had = treatments_of(view.patient.first_arm or "")
    return next((code for code in treatments_of(arm) if code not in had), treatments_of(arm)[0])


def _involved(view: View, arm: str) -> list[Html]:
    codes = [c for c in treatments_of(arm) if len(treatments_of(arm)) == 1 or c == _new(view, arm)]
    return [
        el("p", f"{wording.sentence(TREATMENTS[code].plain)}. {words.involves(code)}", class_="small") for code in codes
    ]


def _people(view: View, arm: str) -> Html:
    row = view.row(arm, _PEG, view.horizon_week)
    if row is None or row["chance_of_meaningful_improvement"] is None:
        return el("p", f"No count of people better: {(row or {}).get('reason') or 'not given'}.", class_="small")
    improved = round(100 * row["chance_of_meaningful_improvement"])
    return joined([people_svg(improved, arm), el("p", "Better: ", el("strong", words.people_better(row)))])


def _harm(view: View, arm: str) -> list[Html]:
    rows = (
        words.share_row(view.row(arm, "adverse_event", PRIMARY_WEEK), "Side effects"),
        words.share_row(view.row(arm, "stopping", PRIMARY_WEEK), "Stopped early"),
    )
    return [el("p", text, class_="small") for text in (*rows, words.usual_harm(arm)) if text]


def _left_out(view: View) -> Html:
    items = [f"{TREATMENTS[code].name} ({reason})" for code, reason in view.excluded().items()]
    return el("p", f"Not among your options: {'; '.join(items)}.", class_="small muted") if items else Html("")


def _by_response(view: View) -> Html:
    if not view.by_response:
        return Html("")
    rows = [
        el(
            "li",
            el("div", el("strong", words.feels(answer["response"])), class_="when"),
            el("div", _first_of(answer), class_=f"then arm-{treatments_of(answer['recommended_second'] or 'ESC')[0]}"),
        )
        for answer in view.by_response
    ]
    return el("ul", *rows, class_="steps")


def _first_of(answer: Mapping[str, Any]) -> str:
    best = answer["recommended_second"]
    if best is None:
        return "No option can be ranked."
    others = [arm for arm in answer["near_equal"] if arm != best]
    tail = f"; {wording.listed(map(arm_name, others))} cannot be told apart from it" if others else ""
    return f"{arm_title(best)} ranks first{tail}."


def _then(view: View) -> Html:
    """The plan beside the course; without a plan, the course beside its explanation."""
    course = _course(view)
    if view.plan:
        return el("div", el("div", *_plan(view), class_="wide"), el("div", *course), class_="columns")
    if not course:
        return Html("")
    title, figure, *explained = course
    return joined([title, el("div", el("div", figure), el("div", *explained), class_="columns")])


def _plan(view: View) -> list[Html]:
    best = view.best or ""
    rows = [_step(best, row) for row in view.plan]
    return [
        el("h2", f"If you start with {arm_name(best)}: what may come next"),
        el("p", f"Start with {arm_name(best)} for 12 weeks. Then, depending on how you feel, the plan says:"),
        el("ul", *rows, class_="steps"),
    ]


def _step(best: str, row: Mapping[str, Any]) -> Html:
    share = round(100 * row["probability"])
    when = el(
        "div",
        el("strong", words.feels(row["response"])),
        el("p", f"{wording.of_100(row['probability'])} people like you", class_="small"),
        el("div", el("div", style=f"width:{share}%"), class_="bar"),
        class_="when",
    )
    others = [arm for arm in row["near_equal"] if arm != row["arm"]]
    doubt = f"{wording.sentence(wording.listed(map(arm_name, others)))} cannot be told apart from it." if others else ""
    codes = [c for c in treatments_of(row["arm"] or best) if c not in treatments_of(best)] or [best]
    then = el(
        "div",
        el("p", f"{wording.step(best, row['action'], row['arm'])}." if row["arm"] else words.NO_STEP),
        el("p", doubt, class_="small muted") if doubt else "",
        class_=f"then arm-{codes[0]}",
    )
    return el("li", when, then)


def _course(view: View) -> list[Html]:
    possible = [option["arm"] for option in view.options]
    arms = dict.fromkeys([*possible[:1], *(["ESC"] if "ESC" in possible else possible[1:2])])
    plans = view.courses(arms)
    if not plans or view.best not in plans:
        return []
    measure = MEASURES[_PEG]
    legend = [joined([swatch_svg(arm), wording.plan_name(view.advice, arm)]) for arm in plans]
    notes = (
        "Shaded: 8 of 10 people with the first option fall in here. Bars: 95 % range of the mean. "
        f"Dashed line: a change that people feel ({wording.meaningful(measure)} since week 0)."
    )
    title = f"Expected PEG score over the weeks: {_course_words(plans)}"
    return [
        el("h2", "How your PEG score may change"),
        course_svg(plans, measure, vary=view.best, title=title, start=view.start()),
        listing(legend, class_="legend"),
        el("p", notes, class_="small muted"),
    ]


def _course_words(plans: Mapping[str, list[Mapping[str, Any]]]) -> str:
    return "; ".join(
        f"{arm_name(arm)} {wording.number(rows[0]['mean'])} at week {rows[0]['week']}, "
        f"{wording.number(rows[-1]['mean'])} at week {rows[-1]['week']}"
        for arm, rows in plans.items()
    )


def _sure(view: View) -> Html:
    texts = paragraphs(
        words.source_plain(view.advice["model"]),
        words.SURE,
        words.unknown_plain(len(view.advice["unknown"])),
        words.NOTES if view.advice["warnings"] else "",
    )
    return el("section", el("h2", "How sure is this?"), texts)


def _questions(view: View) -> Html:
    questions = [*words.QUESTIONS, *([words.DUL_QUESTION] if view.mentions("DUL") else [])]
    return el("section", el("h2", "Questions to ask"), listing(questions))


def _not_this() -> Html:
    return el("section", el("h2", "What this is not"), paragraphs(*words.NOT_THIS))
