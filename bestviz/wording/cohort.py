"""The words of the Cohort page: who is looked at, why a number is not shown, what each part says."""

from __future__ import annotations

from bestviz.cohort.selection import NO_CONTRAINDICATION, Cohort, Filters
from bestviz.cohort.suppression import LEAST, Count
from bestviz.trial import COLUMNS, MEASURES, TREATMENTS, arm_name
from bestviz.wording.measures import category, input_label, inside
from bestviz.wording.numbers import listed, sentence

SMALL = (
    f"Counts below {LEAST} people are shown as <{LEAST}. Where a count could be worked out from the others, a larger "
    f"one is given by its lower end, for example >192. Means need {LEAST} people."
)
SMALL_LIMIT = (
    "All parts of this page are protected together, and together with the same parts for everybody. Whoever compares "
    "different filters with each other may still learn about few people, so treat what is shown as you treat the data."
)
INTERVAL_MEAN = "Bars: 95 % interval of the mean (Student's t)."
INTERVAL_SHARE = "Bars: 95 % interval of the share (Wilson)."
NO_INTERVAL = "Counts, no interval."
NOT_REGIME = (
    "Groups are the first treatments as assigned. From week 12 on each group holds every second treatment, so these "
    "are results of first treatments, not of plans."
)
SPREAD = (
    "Each shape is drawn from classes of values that hold at least 10 people, so no single person shows; equal areas "
    "are equal shares of people."
)
SEQUENCES = (
    "People randomised twice whose response is known. A link whose count is not shown has a set width, whatever its "
    "count."
)
NO_SEQUENCES = "Fewer than 10 people here were randomised a second time, so no sequences are shown."
MISSING_BARS = "Of those assigned to the first treatment. A bar without a point: fewer than 10 people, somewhere in it."
ABOUT = (
    "Of those of whom it is known. Where fewer than 10 are not known, they count as not having had it, so that the "
    "share does not tell how many they are."
)
ALL_FEW = (
    "Each of these happened to fewer than 10 people of every first treatment, so no share is drawn. The table has what "
    "can be told."
)
BASELINE = (
    "Counts with their share of 100 of the group, or mean and standard deviation. Standardised difference: the largest "
    "between two groups, in standard deviations; values not known are left out of means."
)
NO_ARMS = (
    "The data set says nobody's treatment, so there are no groups to show. Add the assignments (first_arm, second_arm) "
    "to it."
)
PERIODS = {1: "First period, by first treatment", 2: "Second period, by second treatment"}
STEPS = {"continue": "continue", "augment": "add one", "switch": "switch"}

_FILTERS = {"site": "Study site", "sex": "Sex", "age": "Age (years)", "contraindication": "Contraindication"}
_EVENTS = {
    "adverse_event_first": "Side effects of treatment, weeks 0 to 12",
    "stopped_first": "Stopped the first treatment early",
    "stopped_for_harm": "Stopped the first treatment because of harm",
    "adverse_event_second": "Side effects of treatment, weeks 12 to 24",
    "stopped_second": "Stopped the second treatment early",
    "serious_event": "Serious adverse event, weeks 0 to 24",
}


def filter_label(name: str) -> str:
    """Name of a filter."""
    return _FILTERS[name]


def filter_option(name: str, value: str) -> str:
    """One choice of a filter, as on its button."""
    if name == "contraindication":
        return "none" if value == NO_CONTRAINDICATION else TREATMENTS[value].name
    return category(value)


def filter_line(filters: Filters) -> str:
    """The filters that are set, in one line: `site 101 or 102; female; age 18 to 39`."""
    parts = [_part(name, values) for name, values in filters.chosen.items()]
    return "; ".join(parts) if parts else "everybody randomised"


def _part(name: str, values: tuple[str, ...]) -> str:
    words = listed((filter_option(name, value) for value in values), "or")
    if name == "contraindication":
        return f"contraindicated: {words}"
    return {"site": f"site {words}", "age": f"age {words} years"}.get(name, words)


def people_line(cohort: Cohort) -> str:
    """How many are left: `412 of 805 people`."""
    if cohort.refusal == "few":
        return f"<{LEAST} of {cohort.randomised} people"
    if cohort.refusal == "others":
        return f"All but <{LEAST} of {cohort.randomised} people"
    return f"{len(cohort)} of {cohort.randomised} people"


def refused(cohort: Cohort) -> str:
    """Why nothing is shown; empty where numbers are."""
    return {
        "nobody": "Nobody is left with these filters. Take one of them away, or reset them.",
        "few": (
            f"Fewer than {LEAST} people are left with these filters, so no number is shown. Widen them, or reset them."
        ),
        "others": (
            f"These filters leave out fewer than {LEAST} people. The difference from everybody would tell about those "
            "few, so no number is shown. Change the filters, or reset them."
        ),
    }.get(cohort.refusal, "")


def event_label(name: str) -> str:
    """Name of an event with its weeks."""
    return _EVENTS[name]


def characteristic(name: str) -> str:
    """Name of a characteristic at the start with its unit."""
    if name in MEASURES:
        unit = MEASURES[name].unit
        kind = "" if unit == "yes/no" else f", {unit}"
        return f"{input_label(name)}{kind}"
    unit = COLUMNS[name].unit
    return f"{COLUMNS[name].label}{f', {unit}' if unit else ''}"


def people(count: Count) -> str:
    """A count with its noun: `202 people`."""
    return f"{count.text} people"


def no_data(what: str) -> str:
    """That a part has no data."""
    return f"The data set has no {what}, so there is nothing to show here. The other parts do not need it."


def arm_key(arms: tuple[str, ...]) -> str:
    """What the short codes stand for."""
    return sentence("; ".join(f"{arm}: {arm_name(arm)}" for arm in arms)) + "."


def measure_inside(measure: str) -> str:
    """Name of a measure inside a sentence."""
    return inside(MEASURES[measure].name)
