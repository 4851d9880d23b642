"""What matters to a patient: weights, either-or questions and the map of preferences, in plain words.

What patients themselves see, the questions, is written for a reading age of 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bestviz.trial import MEASURES, Measure
from bestviz.wording.measures import input_label, inside, unit
from bestviz.wording.numbers import count_100, listed, number, of_100, sentence

ASK = "Think of two futures. All else stays as it is today. Which one would you rather have?"
STEP_NOTE = "Each box is one step better: a change big enough to matter in daily life."
SAME = "About the same / cannot say"
MAP = (
    "In the middle of a side two outcomes weigh the same. Paler: the next option is less than 0.1 meaningful changes "
    "behind. The map shows what ranks first by the best estimate, not how sure that is."
)
RANK = (
    "Which change for the better matters most to the patient? Name more than one where they matter about the same. "
    "What is named nowhere comes last."
)
ONE_CHANGE = "What one change is"
NO_PEG = "PEG is not asked about: it sums up pain and what pain gets in the way of, which are asked about one by one."
NO_CLASS = (
    "First tell under “So far” how the first twelve weeks went: what can come next depends on the response at week 12, "
    "and with it what is worth asking."
)
OTHER_WEIGHTS = "The weights in force come from elsewhere, not from what was said here."

_STOPS = {
    "loss": "Enough has been asked: to know the weights better would change little.",
    "questions": "That was the last question.",
    "exhausted": "There is nothing left to ask.",
}


def outcome_label(code: str) -> str:
    """Name of an outcome that can be weighed: its short name, of PEG the abbreviation."""
    return input_label(code) if code == "peg" else MEASURES[code].short


def one_change(code: str) -> str:
    """What one meaningful change of an outcome is, for example `1.5 points less`."""
    measure = MEASURES[code]
    if measure.role == "burden":
        return f"{100 * measure.meaningful_change:.0f} fewer of 100 people"
    if measure.binary:
        return "no longer daily"
    size = measure.meaningful_change
    return f"{size:g} {unit(measure, size)} {'less' if measure.better == 'lower' else 'more'}"


def weights_line(shares: Mapping[str, int]) -> str:
    """Whole shares of 100, largest first: `pain intensity 60, sleep disturbance 40`; of many, the rest together."""
    found = sorted(((share, code) for code, share in shares.items() if share), key=lambda item: -item[0])
    shown = found if len(found) <= _SHOWN else found[: _SHOWN - 1]
    parts = [f"{inside(outcome_label(code))} {share}" for share, code in shown]
    if rest := found[len(shown) :]:
        parts.append(f"{len(rest)} others together {sum(share for share, _ in rest)}")
    return ", ".join(parts)


_SHOWN = 5  # names in a line before the rest is only counted


def today_then(measure: Measure, today: float | None, steps: float) -> str:
    """Where an improvement leads from a known value: `7 today, then 4`; empty where that is not on the scale."""
    if today is None or measure.binary:
        return ""
    then = today + measure.sign * steps * measure.meaningful_change
    if not measure.minimum <= then <= measure.maximum:
        return ""
    return f"{today:g} today, then {round(then, 1):g}"


def progress(answered: int, most: int) -> str:
    """Which question this is."""
    return f"Question {answered + 1}, of at most {most}."


_DECIDED = {0: "first treatment", 12: "next step"}  # by week


def same_best(agreement: float, week: int = 0) -> str:
    """How far what is known about the weights settles the decision of a week."""
    return f"In {of_100(agreement)} plausible sets of weights, the same {_DECIDED[week]} is best."


def enough(reason: str, answered: int, week: int = 0) -> str:
    """Why no more is asked about the decision of a week."""
    if reason != "agreement":
        return _STOPS[reason]
    if not answered:
        return f"No question is needed: the same {_DECIDED[week]} is best under most weights, whatever the answers."
    return f"Enough has been asked: what is still unknown about the weights would hardly change the {_DECIDED[week]}."


def known_row(code: str, weight: float, ends: Sequence[float]) -> str:
    """What is known about one weight, for example `pain intensity 31 (12 to 55)`."""
    low, high = (count_100(end) for end in ends)
    return f"{inside(outcome_label(code))} {count_100(weight)} ({low} to {high})"


def map_shares(names: Iterable[str], shares: Iterable[float]) -> str:
    """In how many of the preferences of a map each option ranks first, in a sentence; `names` as inside a sentence."""
    ordered = sorted((pair for pair in zip(names, shares, strict=True) if pair[1] > 0), key=lambda pair: -pair[1])
    first, share = sentence(ordered[0][0]), ordered[0][1]
    if len(ordered) == 1:
        return f"{first} ranks first whatever the weights of these three outcomes."
    rest = listed(f"{name} in {count_100(one)}" for name, one in ordered[1:])
    return f"{first} ranks first in {of_100(share)} of these preferences, {rest}."


def map_place(name: str, ahead: float | None) -> str:
    """Which option ranks first where the patient's own weights lie, and how far it is ahead."""
    text = f"Where this patient's weights lie, {name} ranks first"
    return f"{text}." if ahead is None else f"{text}, {number(ahead, 2)} meaningful changes ahead of the next."


def map_others(others: Mapping[str, float]) -> str:
    """What the outcomes outside the map do."""
    if not others:
        return "All other outcomes have no weight here."
    names = listed(inside(outcome_label(code)) for code in others)
    verb = "keeps its weight" if len(others) == 1 else "keep their weights"
    return f"{sentence(names)} {verb}, together {of_100(sum(others.values()))}."
