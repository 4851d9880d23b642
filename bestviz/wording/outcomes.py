"""What to expect of an option, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bestviz.trial import MEASURES, Measure
from bestviz.trial.measures import BURDEN_MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording.measures import UNCLEAR, amount, amount_interval, clarity, input_label, inside, meaningful
from bestviz.wording.numbers import count_100, listed, of_100
from bestviz.wording.options import best


def outcome_row(advice: Mapping[str, Any], arm: str, outcome: str, week: int) -> Mapping[str, Any] | None:
    """The row of the outcome table for one arm, outcome and week; None where there is none."""
    wanted = (arm, outcome, week)
    return next((row for row in advice["outcomes"] if (row["arm"], row["outcome"], row["week"]) == wanted), None)


def expected(advice: Mapping[str, Any], outcome: str = "peg", week: int = 24) -> str:
    """What to expect of the option that ranks first, beside enhanced self-care."""
    first = best(advice)
    row = outcome_row(advice, first, outcome, week) if first else None
    if row is None:
        return ""
    measure = MEASURES[outcome]
    change, ends = amount(measure, row["change"]), amount_interval(measure, row["change_interval"])
    text = f"With it, {input_label(outcome)} is expected to change by {change} by week {week} (95 % interval {ends})"
    if row["difference_from_esc"] is not None and first != "ESC":
        text += f"; {_against_esc(measure, row)}"
    return f"{text}. {_people(advice, row, measure)}".strip()


def _against_esc(measure: Measure, row: Mapping[str, Any]) -> str:
    gap, ends = row["difference_from_esc"], row["difference_interval"]
    side = clarity(measure, ends)
    if side == UNCLEAR:
        return (
            f"against enhanced self-care that is {amount(measure, gap)} ({amount_interval(measure, ends)}), "
            f"which {side}"
        )
    low, high = sorted(abs(end) for end in ends)
    return (
        f"that is {amount(measure, abs(gap), signed=False)} ({amount_interval(measure, (low, high)).replace('+', '')}) "
        f"{side} than with enhanced self-care"
    )


def burden(advice: Mapping[str, Any]) -> str:
    """Side effects and stopping with the option that ranks first, beside enhanced self-care; empty where not known."""
    first = best(advice)
    parts = []
    for outcome in BURDEN_MEASURES:
        row = outcome_row(advice, first, outcome, PRIMARY_WEEK) if first else None
        if row is None:
            continue
        text = f"{_BURDEN_WORDS[outcome]} in {of_100(row['change'])}"
        other = outcome_row(advice, "ESC", outcome, PRIMARY_WEEK)
        if first != "ESC" and other:
            text += f" (enhanced self-care {count_100(other['change'])})"
        parts.append(text)
    return f"Harm and burden by week {PRIMARY_WEEK}: {listed(parts)}." if parts else ""


def burden_words(outcome: str) -> str:
    """What happens to people, for example `side effects` or `stopping a treatment early`."""
    return _BURDEN_WORDS[outcome]


_BURDEN_WORDS = {"adverse_event": "side effects", "stopping": "stopping a treatment early"}


def _people(advice: Mapping[str, Any], row: Mapping[str, Any], measure: Measure) -> str:
    chance = row["chance_of_meaningful_improvement"]
    if chance is None:
        return ""
    text = f"Of 100 people like this, {count_100(chance)} improve by at least {meaningful(measure)}"
    other = outcome_row(advice, "ESC", row["outcome"], row["week"])
    if row["arm"] != "ESC" and other and other["chance_of_meaningful_improvement"] is not None:
        text += f"; with enhanced self-care, {count_100(other['chance_of_meaningful_improvement'])}"
    return f"{text}."


def unknown_inputs(advice: Mapping[str, Any]) -> str:
    """Which inputs are not known and what that means."""
    names = [inside(input_label(name)) for name in advice["unknown"]]
    if not names:
        return ""
    shown = names if len(names) <= _SHOWN else [*names[:_SHOWN], f"{len(names) - _SHOWN} more"]
    return (
        f"Not known: {listed(shown)}. The answer averages over the values that people like this have, "
        "so intervals are wider than they need be."
    )


_SHOWN = 6  # names of unknown inputs before the rest is only counted
