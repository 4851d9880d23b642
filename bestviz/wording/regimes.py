"""The words of the Regimes page: what is compared with what, how it was judged, and what must not be read into it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bestviz.cohort.suppression import LEAST
from bestviz.regime.judging.regimes import (
    AS_RANDOMISED,
    BEST_FIXED,
    BEST_SINGLE,
    FIRST_ONLY,
    LEARNED,
    SINGLE,
    TREE,
)
from bestviz.trial import MEASURES, TREATMENTS, Measure
from bestviz.wording.measures import better, inside, scale
from bestviz.wording.numbers import interval, listed, number

UTILITY = "utility"
_NAMES = {
    AS_RANDOMISED: "As randomised",
    BEST_SINGLE: "Best single treatment",
    BEST_FIXED: "Best fixed plan",
    FIRST_ONLY: "First treatment personalised",
    LEARNED: "Learned regime",
    TREE: "Readable tree",
}
DEFINITIONS = {
    AS_RANDOMISED: "The trial itself: first and second treatment by chance, among what each person could have.",
    f"{SINGLE}*": (
        "A single treatment: everybody who may have it starts with it, and week 12 goes on by chance, as in the trial. "
        "Who may not have it starts by chance with another one."
    ),
    BEST_SINGLE: "The single treatment that looked best in other people than those in whom it is judged.",
    BEST_FIXED: (
        "A fixed plan has one first treatment for everybody and one second treatment for each response class. This is "
        "the best of them, chosen in other people than those in whom it is judged. Who may not have a treatment gets "
        "the next best."
    ),
    FIRST_ONLY: "The first treatment is chosen for each person; week 12 goes on by chance, as in the trial.",
    LEARNED: "Both treatments are chosen for each person, by what the model expects of them.",
    TREE: "A rule with at most two questions at each point of decision, learned from the same data.",
    "share": (
        "The share of the possible gain says how far a regime gets from the best fixed plan (0 of 100) to the best "
        "that any rule could do (100 of 100). It needs the truth, which only simulations know, so it is not shown here."
    ),
}
DEFINED = {f"{SINGLE}*": "Start one treatment", "share": "Share of the possible gain"}

VALUE = (
    "The value of a regime is the mean outcome if everybody in the trial had followed it. Bars: 95 % interval. Where "
    "two bars overlap the regimes may still differ: look at the difference and its own interval."
)
UTILITY_WORDS = "Utility: improvement since week 0 in the outcomes weighed, in meaningful changes; higher is better."
DISCOVERY = (
    "This is work at the stage of discovery: there is no independent test set, and all people come from one trial. The "
    "four treatments stand for classes of treatment; another course of exercise or another drug may do otherwise."
)
NOT_BY_TREATMENT = (
    "Do not compare how people do by the treatment that the regime gives them: it gives different treatments to "
    "different people, so these groups differ from the start."
)
TREE_CERTAIN = (
    "Trees look more certain than they are. Another sample of people would often give other questions, and those not "
    "asked may matter as much. Intervals in the leaves are too narrow, and the values too good: they are those of the "
    "people in whom this tree was found to be the best of very many."
)
TREE_WAITS = "The readable tree is being judged; it takes about half a minute and is added when it is there."
FOLLOWED = (
    "Under the regime, each person's treatments are those of rules learned without that person. Responses are known of "
    "people who happened to start as recommended ({followers} of {people}); weighted, they stand for everybody. Shares "
    "are of these participants and have no interval."
)
FEW = f"<{LEAST} people"
FEW_NOTE = f"Shares that rest on fewer than {LEAST} people are not shown."
FIRST_NOTE = (
    "What the model as it is recommends to each participant, among what that person may have. Counts of these people, "
    "no interval."
)
REACH_NOTE = (
    "The line joins regimes learned for these two outcomes alone, with all weight on one, on the other, or shared. "
    "Points stand with their 95 % intervals; where these overlap widely, a point off the line may be chance."
)
NO_REACH = "Fewer than two outcomes can be judged in these data, so there is nothing to trade off."
GROUPS_NOTE = (
    "Values by group rest on few people each and are wide. Different values are no proof of unfairness: groups differ "
    "in what they may have and in their natural course."
)
NO_CONTRAINDICATIONS = "The data have no columns of contraindications, so there are no values with and without."
WAIT = "This part needs the judged regimes; it appears when they are there."
GROUP_VALUES = "Utility of each regime with its 95 % interval, in meaningful changes since week 0"
FAIRNESS = (
    "What is recommended first, what the model expects that to add, and what the learned regime was worth: meaningful "
    "changes with 95 % intervals"
)
PRESETS_LABEL = "Start from"
OWN = "Own weights, set on the Patient page."


def name(regime: str) -> str:
    """Name of a regime."""
    if regime.startswith(SINGLE):
        return f"Start {TREATMENTS[regime.removeprefix(SINGLE)].name}"
    return _NAMES[regime]


def short(regime: str) -> str:
    """Name of a regime beside a point: the code for a single treatment."""
    return regime.removeprefix(SINGLE) if regime.startswith(SINGLE) else _NAMES[regime]


def defined(regime: str) -> str:
    """What is defined, as a heading."""
    return DEFINED[regime] if regime in DEFINED else name(regime)


def from_reference(reference: str | None) -> str:
    """What is shown: values, or differences from a regime."""
    return "Values" if reference is None else f"Difference from {_NAMES[reference].lower()}"


def outcome(code: str, week: int | str) -> str:
    """An outcome with its time point: `PEG: ..., week 24`."""
    when = "mean of weeks 24 and 36" if week == "mean" else f"week {week}"
    return f"{'Utility of the weights in force' if code == UTILITY else MEASURES[code].name}, {when}"


def axis(code: str, week: int | str, reference: str | None) -> str:
    """Title of an axis: outcome, unit, time point."""
    when = "weeks 24 and 36" if week == "mean" else f"week {week}"
    if code == UTILITY:
        unit, good = "improvement in meaningful changes", "higher is better"
    else:
        measure = MEASURES[code]
        unit = f"{measure.short}, {'people of 100' if measure.binary else measure.unit}"
        good = better(measure)
    return f"{unit}, {when} ({'difference; ' if reference else ''}{good})"


def measure_line(code: str) -> str:
    """What an outcome is measured in, in a sentence."""
    return UTILITY_WORDS if code == UTILITY else f"{MEASURES[code].name}: {scale(MEASURES[code])}."


def decimals(code: str) -> int:
    """Decimals worth showing."""
    return 2 if code in (UTILITY, "peg") else 0 if MEASURES[code].binary else MEASURES[code].decimals


def factor(code: str) -> float:
    """Yes/no outcomes are read as people of 100."""
    return 100.0 if code != UTILITY and MEASURES[code].binary else 1.0


def estimate(value: float, ends: tuple[float, float], places: int, signed: bool = False) -> str:
    """A number with its interval: `+0.36 (−0.19 to +0.92)`."""
    return f"{number(value, places, signed)} ({interval(ends, places, signed)})"


def of_pair(measure: Measure, week: int) -> str:
    """An axis of the trade-off: outcome, unit, week, direction."""
    unit = "people of 100" if measure.binary else measure.unit
    return f"{measure.short}, {unit}, week {week} ({better(measure)})"


def mode(cross_fitted: bool, trained_on: str, data: str) -> str:
    """How the values are found."""
    if cross_fitted:
        return (
            "The model was fitted on these data. So the whole procedure is judged by cross-fitting: everything is "
            "learned anew without a fifth of the people, who are then judged, in turn and twice over."
        )
    return (
        f"These data ({data}) are not those of the model ({trained_on}). So the model is judged as it is, in people it "
        "never saw; only chances of assignment and of being seen are estimated here."
    )


def stability(same_root: float, same_option: float, replicates: int) -> str:
    """How much a tree changes from sample to sample."""
    return (
        f"In {100 * same_root:.0f} of 100 samples drawn anew ({replicates} were drawn) the first question is about the "
        f"same; on average {100 * same_option:.0f} of 100 people get the same treatment."
    )


def cost(value: float, ends: tuple[float, float]) -> str:
    """What the readable tree costs against the learned regime."""
    text = f"{number(value, 2, True)} meaningful changes (95 % interval {interval(ends, 2, True)})"
    end = "" if ends[1] < 0 or ends[0] > 0 else " They cannot be told apart: that is no proof that they are equivalent."
    return f"Readable tree against the learned regime: {text}.{end}"


def options_line(number_of_options: int) -> str:
    """How many options cannot be told apart from the best, as the head of a row."""
    if number_of_options == 1:
        return "One option stands out, or is the only one"
    return f"{number_of_options} options cannot be told apart"


def row_name(regime: str) -> str:
    """Name of a regime in a narrow row."""
    return f"Start {regime.removeprefix(SINGLE)}" if regime.startswith(SINGLE) else _NAMES[regime]


def roots(asked_first: Mapping[str, float]) -> str:
    """What is asked first how often."""
    most = list(asked_first.items())[:_MOST]
    return f"Asked first, of 100 samples: {'; '.join(f'{inside(label)} {100 * share:.0f}' for label, share in most)}."


def no_columns(labels: Iterable[str]) -> str:
    """That the data lack columns to group by."""
    return f"The data have no column of {listed(labels, 'or')}, so there are no groups by it."


def instead(options: Iterable[str], swaps: bool) -> str:
    """What a person gets who may not have what the tree names."""
    same = "the same treatment the other way, added or switched to, if that is possible; else " if swaps else ""
    return f"Where an option is not possible, a person gets {same}the first possible of {listed(options, 'or')}."


_MOST = 4  # questions named
