"""The hand-out for the chart: what was entered, what came out, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bestviz import wording
from bestviz.reports.facts import Facts, facts_of
from bestviz.reports.html import Html, el, joined, listing
from bestviz.reports.svg import course_svg, people_svg, swatch_svg
from bestviz.reports.view import View
from bestviz.trial import MEASURES, arm_name, arm_title
from bestviz.trial.schedule import FOLLOW_UP_WEEK, PRIMARY_WEEK
from bestviz.wording import handout as words

_PEG = "peg"


def chart_content(view: View, most: int | None = None) -> Html:
    """The sheet between title and footer; `most` is how many notes, cautions and reasons are written out."""
    facts = facts_of(view)
    return joined(
        [
            el("p", el("strong", facts.headline), class_="lead"),
            _inputs(facts),
            _options(view),
            _by_response(view),
            el("div", el("div", _plan(view), _people(view), class_="wide"), el("div", _course(view)), class_="columns"),
            _outcomes(view),
            _lists(facts, most),
        ]
    )


def _inputs(facts: Facts) -> Html:
    rows = (
        ("Known", facts.known),
        ("Not known", facts.unknown),
        ("Not possible", facts.refused),
        ("What matters", facts.preferences),
        ("Benefit counts", facts.horizon),
    )
    return joined([el("p", el("strong", f"{label}: "), text) for label, text in rows if text])


def _options(view: View) -> Html:
    if not view.options:
        return Html("")
    week, measure = view.horizon_week, MEASURES[_PEG]
    heads = [
        "Option",
        "Benefit in meaningful changes",
        "Best, of 100",
        f"PEG change by week {week}, points",
        *(["Against enhanced self-care, points"] if view.has_difference else []),
        f"Of 100, better by {wording.meaningful(measure)}",
        f"Side effects by week {PRIMARY_WEEK}, of 100",
        "Standing",
        "Had it",
        "As\u00a0precise\u00a0as",
    ]
    rows = [_option_cells(view, place, option) for place, option in enumerate(view.options, 1)]
    return _table(f"Options, with 95 % intervals. {measure.name}: {wording.scale(measure)}.", heads, rows)


def _option_cells(view: View, place: int, option: Any) -> list[str]:
    arm = option["arm"]
    row, harm = view.row(arm, _PEG, view.horizon_week), view.row(arm, "adverse_event", PRIMARY_WEEK)
    people = option["worth_participants"]
    return [
        words.numbered(place, view.advice, arm),
        words.utility_cell(option),
        wording.count_100(option["probability_best"]),
        words.change_cell(row) if row else "not given",
        *([words.difference_cell(row) if row else "not given"] if view.has_difference else []),
        words.chance_cell(row) if row else "–",
        words.change_cell(harm) if harm else "–",
        words.standing(view.advice, arm),
        f"{option['support']}",
        "–" if people is None else words.people(people),
    ]


def _by_response(view: View) -> Html:
    rows = []
    for answer in view.by_response:
        best = answer["recommended_second"]
        others = [arm_name(arm) for arm in answer["near_equal"] if arm != best]
        option = next((o for o in answer["second"] if o["arm"] == best), None)
        rows.append(
            [
                answer["response"],
                arm_title(best) if best else "nothing can be recommended",
                words.utility_cell(option) if option else "–",
                wording.count_100(option["probability_best"]) if option else "–",
                wording.listed(others) or "–",
            ]
        )
    heads = ["Response at week 12", "Ranks first", "Benefit in meaningful changes", "Best, of 100", "Not told apart"]
    return _table("The answer for each response class, with 95 % intervals.", heads, rows) if rows else Html("")


def _plan(view: View) -> Html:
    if not view.plan:
        return Html("")
    best, rows = view.best or "", []
    for row in view.plan:
        others = [arm_name(arm) for arm in row["near_equal"] if arm != row["arm"]]
        better = row["better_otherwise"]
        rows.append(
            [
                row["response"],
                wording.count_100(row["probability"]),
                wording.step(best, row["action"], row["arm"]) + (f" ({row['reason']})" if row["reason"] else ""),
                wording.listed(others) or "–",
                "–" if better is None else wording.count_100(better),
            ]
        )
    heads = ["Response at week 12", "Of 100", "Then", "Cannot be told apart from it", "Of 100, better off otherwise"]
    return _table(f"Plan after {arm_name(best)}, by response at week 12.", heads, rows)


def _course(view: View) -> Html:
    plans = view.courses([option["arm"] for option in view.options])
    if not plans or view.best not in plans:
        return Html("")
    measure = MEASURES[_PEG]
    title = "Expected PEG: " + "; ".join(
        f"{arm_name(arm)} "
        + ", ".join(f"{wording.number(row['mean'])} at week {row['week']}" for row in rows if row["week"] >= 12)
        for arm, rows in plans.items()
    )
    legend = listing(
        [joined([swatch_svg(arm), wording.option_title(view.advice, arm)]) for arm in plans], class_="legend"
    )
    note = (
        f"PEG, points, 0 to 10, lower is better. Bars: 95 % interval of the mean. Shaded: 8 of 10 people with the "
        f"option that ranks first. Long dashes: a meaningful change since week 0 ({wording.meaningful(measure)})."
    )
    figure = course_svg(plans, measure, vary=view.best, title=title, start=view.start())
    return joined([figure, legend, el("p", note, class_="small muted")])


def _people(view: View) -> Html:
    """Blocks of 100 for the option that ranks first, beside enhanced self-care."""
    rows = [(arm, view.row(arm, _PEG, view.horizon_week)) for arm in dict.fromkeys([view.best or "", "ESC"])]
    blocks = [
        el(
            "div",
            people_svg(round(100 * row["chance_of_meaningful_improvement"]), arm),
            el("p", f"{wording.option_title(view.advice, arm)}: {words.people_better(row)}", class_="small"),
        )
        for arm, row in rows
        if row and row["chance_of_meaningful_improvement"] is not None
    ]
    if not blocks:
        return Html("")
    change = wording.meaningful(MEASURES[_PEG])
    head = f"Of 100 people like this, better in PEG by {change} or more by week {view.horizon_week} (95 % interval):"
    return joined([el("p", head, class_="blocks"), el("div", *blocks, class_="columns")])


def _outcomes(view: View) -> Html:
    if not view.best or not view.outcomes(view.best):
        return Html("")
    weeks, differs = (PRIMARY_WEEK, FOLLOW_UP_WEEK), view.has_difference and view.best != "ESC"
    heads = ["Outcome, unit"]
    for week in weeks:
        heads += [f"Change by week {week}", *(["Against self-care"] if differs else []), "Of 100, better"]
    rows = []
    for code in view.outcomes(view.best):
        cells: list[str] = [_outcome_name(code)]
        for week in weeks:
            row = view.row(view.best, code, week)
            parts = [words.change_cell, *([words.difference_cell] if differs else []), words.chance_cell]
            cells += [part(row) if row else "–" for part in parts]
        rows.append(cells)
    caption = (
        f"{wording.option_title(view.advice, view.best)}: expected change since week 0, with 95 % intervals; better: "
        "by a meaningful change or more. "
        f"{wording.NATURAL_COURSE if view.has_difference else words.NO_COMPARISON}"
    )
    return _table(caption, heads, rows)


def _outcome_name(code: str) -> Html:
    measure = MEASURES[code]
    scale = "of 100 people" if measure.binary else wording.scale(measure)
    return joined([measure.short, " ", el("small", scale)])


def _lists(facts: Facts, most: int | None) -> Html:
    left = _section("Keep in mind", [*facts.stops, *facts.warnings], most)
    middle = _section("Ask and check", facts.cautions, most)
    right = _section(facts.reasons_title, facts.reasons, most)
    notes = el("p", f"{wording.TOLD_APART} {wording.CERTAINTY} {words.INTENDED}", class_="small muted")
    columns = [el("div", left), el("div", middle), el("div", right, class_="wide")]
    return joined([el("div", *(part for part in columns if part != el("div")), class_="columns"), notes])


def _section(title: str, items: Sequence[str], most: int | None) -> Html:
    shown = list(items if most is None else items[:most])
    if more := len(items) - len(shown):
        shown.append(f"and {more} more: see the page in BestViz")
    return joined([el("h2", title), listing(shown)]) if shown else Html("")


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    head = el("thead", el("tr", *(el("th", cell, scope="col") for cell in heads)))
    body = [el("tr", el("th", cells[0], scope="row"), *map(_cell, cells[1:])) for cells in rows]
    return el("table", el("caption", caption), head, el("tbody", *body))


def _cell(text: str) -> Html:
    """A cell; numbers with their interval stay on one line."""
    return el("td", text, class_="keep" if text[:1] in "+−0123456789" else None)
