"""The words of the slide deck: titles, points, and what stands under figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bestviz.cohort.selection import Cohort
from bestviz.trial import MEASURES, treatments_of
from bestviz.trial.schedule import FOLLOW_UP_WEEK, PRIMARY_WEEK, SECOND_RANDOMISATION_WEEK
from bestviz.wording.cohort import filter_label, filter_line
from bestviz.wording.cohort import people_line as cohort_people
from bestviz.wording.measures import horizon
from bestviz.wording.numbers import interval, listed, number, of_100
from bestviz.wording.options import arm_first
from bestviz.wording.preferences import weights_line

if TYPE_CHECKING:
    from bestviz.advice.uncertainty import Coverage

DECK = "BEST: which treatment first, and what next"
EMPTY = "There are no slides to export: choose at least one."
QUESTION = "Which treatment first, and what at week 12?"
QUESTION_POINTS = (
    "Chronic low-back pain: four treatments, and no single one suits everybody.",
    f"BEST randomised people twice: at the start, and again at week {SECOND_RANDOMISATION_WEEK} by how they responded.",
    "From such data a regime can be learned: which treatment to start for whom, and what to do next.",
    f"Primary outcome: PEG at week {PRIMARY_WEEK}, the mean of three questions on pain, 0 to 10; lower is better.",
)
DESIGN = "How was the question asked?"
DESIGN_CAPTION = "■ full visit, ○ PEG and global change. The design, no numbers; weeks 0 to 36."
DESIGN_DETAILS = "Registry entry NCT05396014. After enhanced self-care a treatment is only added."
PEOPLE = "Who took part?"
PEOPLE_CAPTION = "Counts by first treatment as assigned, no interval; weeks 0 to 36."
COURSES = "How did pain change?"
RESPONSES = f"How did people respond by week {SECOND_RANDOMISATION_WEEK}?"
FIRSTS = "What would the regime start with, for whom?"
VALUES = "What is the regime worth?"
NO_VALUES = (
    "The value of the regime has not been judged for these slides.",
    "Judging learns everything anew without a fifth of the people, who are then judged, in turn; it takes minutes.",
    "On the pages: open Regimes, wait for the values, and make the slides again.",
    "In the shell: add --evaluate to the command slides.",
    "Until then, what the model expects of its own regime is too good to be quoted.",
)
FOR_WHOM = "Who benefits more from {treatment}?"
FOR_WHOM_DETAILS = (
    "A question about one treatment; which treatment is best for a patient is another one. Inputs go together: do not "
    "read much into a single one."
)
ONE_PATIENT = "One patient: which option ranks first?"
WHY = "The same patient: why?"
SURE = "How sure are we?"
PREFERENCES = "Do preferences change the answer?"
LASTING = f"Does it last to week {FOLLOW_UP_WEEK}?"
LIMITS = "What are the limits?"
LIMIT_POINTS = (
    "Discovery: one trial, no independent test set. Nothing here has been tested on other patients.",
    "No untreated group: every improvement includes the natural course; differences from self-care do not.",
    "The four treatments stand for classes; another drug or another course of exercise may do otherwise.",
    "Inputs go together; a single predictor is no cause. Trees look more certain than they are.",
    "Do not compare results by the treatment that a regime gives: it gives them to different people.",
)
NEXT = "What next?"
NEXT_POINTS = (
    "Judge the regime in people that it was not learned from.",
    "Ask patients what matters to them, and let the answer follow.",
    "See whether deep phenotyping changes who gets what.",
    "Use it only as a help for a clinician who knows the patient; it ranks options and decides nothing.",
)
BOTH = {
    "randomised": "Who got both treatments, as randomised?",
    "regime": "Who would get both treatments under the regime?",
}
BOTH_CAPTION = "Of 100 people, no interval; weeks 0 and 12."
FEW_LEFT_OUT = "Few: fewer than 10, not shown."
OTHER_PEOPLE = "Model of other data."
SEE_NOTES = "in full in the notes"
COUNTS_BY_RESPONSE = f"Counts, no interval; week {SECOND_RANDOMISATION_WEEK}."
COUNTS_AT_START = "Counts, no interval; week 0."
EVERY_WEEK = f"Weeks 0 to {FOLLOW_UP_WEEK}."
FLATTERED = "The learned regime looks better here than it is."
BOTH_WEEKS = f"Weeks {PRIMARY_WEEK} and {FOLLOW_UP_WEEK}."
INTERVAL = "Bars: 95 % interval."
NO_INTERVAL = "No interval."
MEANING = "Cannot be told apart: we do not know which is better. Equivalent: we know that they are close."
NOT_COVERED = "How often the intervals hold the truth has not been measured for this model."
ROWS = {
    "assigned": "Randomised, week 0",
    "again": f"Randomised again, week {SECOND_RANDOMISATION_WEEK}",
    "not_again": "Not randomised again",
}
FLOW_HEAD = "People"

NO_BROWSER = (
    "Slides with figures need Chromium as {kind}, and there is none on the machine that runs BestViz (Debian: apt-get "
    "install chromium). Take the slides as HTML: they need none."
)
BROWSER_FAILED = "The figures could not be drawn, because Chromium failed. Try again, or take the slides as HTML."
NOT_A_TEMPLATE = "Template: this is no PowerPoint file (.pptx) that can be opened; name another, or leave it out."
NO_LAYOUT = (
    "Template: it has no layout with a title alone and none with a title and a text; add them, or leave the template "
    "out."
)
NOTES, NOTES_BUTTON, BACK, ON = "Notes", "Notes (N)", "Previous", "Next"
CONTROLS, MOVING = "Slides", "Moving through the slides"
DRAWING, WRITING = "Drawing figures", "Writing slides"


def place(number: int, total: int, title: str) -> str:
    """Which slide this is."""
    return f"Slide {number} of {total}: {title}"


def small_type(points: int) -> str:
    """What a template with little room costs."""
    return f"Template: there is little room on its slides, so the smallest type has {points} points instead of 20."


def people_measured(week: int) -> str:
    """Head of a row of the flow."""
    return f"PEG measured, week {week}"


def counted(people: int, filtered: bool = False) -> str:
    """Of how many people; that filters do not touch them, where there are any."""
    return f"{people} people{', whatever the filters' if filtered else ''}."


def left(cohort: Cohort) -> str:
    """Whom the filters leave: `412 of 805 people: female; age 18 to 39 years.`; of many filters their names alone."""
    if not cohort.filters.chosen:
        return counted(len(cohort))
    found = filter_line(cohort.filters)
    if len(found) > _LONGEST_FILTERS:
        names = listed(filter_label(name).split(" (")[0].lower() for name in cohort.filters.chosen)
        found = f"filters on {names}, {SEE_NOTES}"
    return f"{cohort_people(cohort)}: {found}."


_LONGEST_FILTERS = 60  # characters; three lines hold note and caption


def filters_line(cohort: Cohort) -> str:
    """The filters in full."""
    return f"Filters: {filter_line(cohort.filters)}."


def data_line(name: str) -> str:
    """Which data."""
    return f"Data: {name}."


def with_any_choice(people: int) -> str:
    """Over whom the model averages."""
    return f"{people} people who may start with any treatment."


def model_line(name: str, trained_on: str, participants: int) -> str:
    """Which model, fitted to whom."""
    return f"Model {name}, fitted to {trained_on} ({participants} people)."


def other_data(trained_on: str, data: str) -> str:
    """That model and data do not belong together."""
    return (
        f"The model was fitted to other data ({trained_on}) than those shown ({data}): what it says is about people it "
        "never saw."
    )


def aim_in_short(preferences: Mapping[str, float], time: int | str) -> str:
    """What the regime aims at in few words: `Aim: PEG by week 24.`"""
    weighed = [code for code, weight in preferences.items() if weight]
    what = MEASURES[weighed[0]].short if len(weighed) == 1 else f"{len(weighed)} weighted outcomes"
    return f"Aim: {what} {horizon(time)}."


def benefit(time: int | str) -> str:
    """When benefit counts: `Benefit by week 24.`"""
    return f"Benefit {horizon(time)}."


def gained(value: float, ends: Sequence[float]) -> str:
    """What the regime gains over the best fixed plan, in meaningful changes."""
    return (
        f"Gain over the best fixed plan: {number(value, 2, signed=True)} meaningful changes (95 % interval "
        f"{interval(ends, 2, signed=True)})."
    )


def aim(preferences: Mapping[str, float], when: str) -> str:
    """What the regime aims at."""
    shares = {code: round(100 * weight) for code, weight in preferences.items()}
    return f"Aims, of 100: {weights_line(shares)}; benefit {when}."


HAPPENED = "Means with 95 % intervals by first treatment as assigned; weeks 0 to 36."
HAPPENED_DETAILS = (
    f"Intervals are Student's t. From week {SECOND_RANDOMISATION_WEEK} on each group holds every second treatment."
)


def told_apart(one: int, people: int) -> str:
    """For how many people one option stands out."""
    return (
        f"For {people - one} of {people} people ({of_100((people - one) / people)}) two or more first treatments "
        "cannot be told apart."
    )


def covered(found: Coverage) -> str:
    """How true intervals and chances were, of first treatments."""
    return (
        f"In simulated trials, 95 % intervals held {of_100(found.means)} true means and {of_100(found.differences)} "
        f"true differences; the option said to be best with a chance of {of_100(found.said)} was in "
        f"{of_100(found.true)}."
    )


def typical_of(people: int) -> str:
    """Of how many a representative patient is typical."""
    return f"Typical of {people} people."


def typical(name: str, text: str, people: int, simulated: bool) -> str:
    """Who a representative patient is."""
    kind = "simulated participants" if simulated else "participants"
    return f"Typical of {people} {kind}: {name[:1].lower() + name[1:]} ({text[:1].lower() + text[1:]})."


def journey(name: str) -> str:
    """Title of the slide of one representative patient."""
    return f"A journey: {name[:1].lower() + name[1:]}"


def ranks_first(arm: str, chance: float, others: Sequence[str]) -> str:
    """The answer for one patient in short."""
    text = f"{arm_first(arm)} ranks highest: best with a chance of {of_100(chance)}."
    if others:
        text += f" It cannot be told apart from {listed(others, 'or')}."
    return text


def expected_peg(start: float, week: int, mean: float, ends: str) -> str:
    """The expected course in a sentence."""
    return f"Expected PEG: {number(start)} at the start, {number(mean)} at week {week} (95 % interval {ends})."


def then(steps: Sequence[tuple[str, str]]) -> str:
    """What to do at week 12 by response."""
    return f"At week {SECOND_RANDOMISATION_WEEK}, {'; '.join(f'{response}: {what}' for response, what in steps)}."


def step(first: str, action: str, arm: str) -> str:
    """What to do in as few words as there are, for example `add DUL`."""
    if action == "continue":
        return "continue"
    if action == "augment":
        return f"add {'+'.join(code for code in treatments_of(arm) if code not in treatments_of(first))}"
    return f"switch to {arm}"
