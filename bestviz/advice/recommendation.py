"""What one patient should consider, why, and how sure we are: plain results that know how to become JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from bestviz import wording
from bestviz.advice.inputs import input_label
from bestviz.trial import MEASURES, arm_name, arm_title

Interval = tuple[float, float]

# Digits of a number in a file: the last few of all that a computer holds depend on its processor.
DIGITS = 12


@dataclass(frozen=True)
class Option:
    """One arm at one point of decision.

    Attributes
    ----------
    arm : str
    allowed : bool
    reason : str or None
        Why it is not allowed.
    utility : float or None
        Weighted improvement from baseline in meaningful changes; higher is better.
    utility_interval : (float, float) or None
        95 %.
    probability_best : float
        Chance of being the best allowed option; 0 where not allowed.
    near_equal : bool
        Cannot be told apart from the best; true for the best itself.
    equivalent : bool
        Known to be close to the best; true for the best itself.
    worth_participants : int or None
        The estimate is as precise as an average of so many people.
    support : int
        Participants who were assigned this arm at this point of decision (and so were allowed it).
    """

    arm: str
    allowed: bool
    reason: str | None
    utility: float | None
    utility_interval: Interval | None
    probability_best: float
    near_equal: bool
    equivalent: bool
    worth_participants: int | None
    support: int


@dataclass(frozen=True)
class PlanStep:
    """What the plan says for one response class after the recommended first arm.

    Attributes
    ----------
    response : str
    probability : float
        Chance of this response class at week 12.
    action : str or None
        continue, augment or switch; None when nothing is left.
    arm : str or None
    reason : str or None
        Why nothing is left.
    better_otherwise : float or None
        Share of such people who would be better off with another arm.
    near_equal : tuple of str
        Arms that cannot be told apart from this one, itself included.
    """

    response: str
    probability: float
    action: str | None
    arm: str | None
    reason: str | None
    better_otherwise: float | None
    near_equal: tuple[str, ...]


@dataclass(frozen=True)
class TrajectoryPoint:
    """Expected value of one outcome at one week, in the measure's own unit and sign."""

    arm: str
    outcome: str
    week: int
    mean: float
    mean_interval: Interval
    person_interval: Interval


@dataclass(frozen=True)
class OutcomeChange:
    """Expected change of one outcome since week 0, in the measure's own unit and sign; side effects start at 0."""

    arm: str
    outcome: str
    week: int
    change: float
    change_interval: Interval
    difference_from_esc: float | None
    difference_interval: Interval | None
    chance_of_meaningful_improvement: float | None
    chance_interval: Interval | None
    reason: str | None


@dataclass(frozen=True)
class OutcomeDifference:
    """Difference between two options on one outcome, in the measure's own unit and sign, with its 95 % interval."""

    outcome: str
    week: int
    difference: float
    interval: Interval

    def to_dict(self) -> dict[str, Any]:
        """Plain mapping; the interval as a pair."""
        return _rows([self])[0]


@dataclass(frozen=True)
class Reason:
    """What one input contributes to the difference between the best and the next best option."""

    feature: str
    value: float | str | bool | None
    effect: float
    interval: Interval
    text: str


@dataclass(frozen=True)
class ClassAnswer:
    """Second-stage answer for one response class, where the class is not known."""

    response: str
    options: tuple[Option, ...]
    recommended: str | None
    near_equal: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The form used inside `recommend --json`."""
        return {
            "response": self.response,
            "second": _rows(self.options),
            "recommended_second": self.recommended,
            "near_equal": list(self.near_equal),
        }


@dataclass(frozen=True)
class Recommendation:
    """Advice for one patient at week 0 or 12.

    Attributes
    ----------
    model : mapping
        Name, version, digest, data, whether simulated, number of participants.
    preferences : mapping
        Outcome -> weight; sums to 1.
    horizon : {24, 36, "mean"}
    week : {0, 12}
    options : tuple of Option
        Ordered by utility, not allowed ones last.
    recommended : str or None
    near_equal : tuple of str
        Arms that cannot be told apart from the recommended one, itself included.
    plan : tuple of PlanStep
        At week 0 only: four rows.
    trajectories : tuple of TrajectoryPoint
    outcomes : tuple of OutcomeChange
    reasons : tuple of Reason
    unknown : tuple of str
        Inputs that were not known and integrated out.
    warnings : tuple of str
    response : str or None
        At week 12: the class the advice is for.
    by_response : tuple of ClassAnswer
        At week 12 with an unknown class: the answer for each class.
    """

    model: Mapping[str, Any]
    preferences: Mapping[str, float]
    horizon: int | str
    week: int
    options: tuple[Option, ...]
    recommended: str | None
    near_equal: tuple[str, ...]
    plan: tuple[PlanStep, ...]
    trajectories: tuple[TrajectoryPoint, ...]
    outcomes: tuple[OutcomeChange, ...]
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]
    warnings: tuple[str, ...]
    response: str | None = None
    by_response: tuple[ClassAnswer, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """The mapping that `recommend --json` prints; numbers to 12 significant digits, intervals as pairs."""
        stage = "first" if self.week == 0 else "second"
        result: dict[str, Any] = {
            "model": dict(self.model),
            "preferences": dict(self.preferences),
            "horizon": self.horizon,
            stage: _rows(self.options),
            f"recommended_{stage}": self.recommended,
            "near_equal": list(self.near_equal),
        }
        if self.week == 0:
            result["plan"] = _rows(self.plan)
        else:
            result["response"] = self.response
            if self.by_response:
                result["by_response"] = [answer.to_dict() for answer in self.by_response]
        for name in ("trajectories", "outcomes", "reasons"):
            result[name] = _rows(getattr(self, name))
        return result | {"unknown": list(self.unknown), "warnings": list(self.warnings)}

    def to_text(self) -> str:
        """The advice in plain lines, for a terminal or the chart."""
        lines = [_headline(self)]
        lines += [f"  {line}" for line in _option_lines(self.options)]
        for answer in self.by_response:
            best = arm_name(answer.recommended) if answer.recommended else "nothing can be recommended"
            lines.append(f"If the response is {answer.response}: {best}.")
        if self.plan:
            lines.append("Then, by response at week 12:")
            lines += [f"  {_step_line(step)}" for step in self.plan]
        lines += [line for change in self.outcomes if (line := _change_line(self, change))]
        if self.unknown:
            lines.append(f"Not known and averaged over: {'; '.join(map(input_label, self.unknown))}.")
        lines += [f"Note: {warning}" for warning in self.warnings]
        if self.model.get("simulated"):
            lines.append(f"{wording.SIMULATED}.")
        return "\n".join(lines)


def _rows(items: Sequence[Any]) -> list[dict[str, Any]]:
    names = [f.name for f in fields(items[0])] if items else []
    return [{name: _plain(getattr(item, name)) for name in names} for item in items]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _headline(advice: Recommendation) -> str:
    stage = "first treatment" if advice.week == 0 else "treatment from week 12"
    if advice.recommended is None:
        if advice.by_response:
            return "The response class is not known; the answer depends on it."
        return f"No {stage} can be recommended."
    others = [option for option in advice.options if option.near_equal and option.arm != advice.recommended]
    same = [arm_name(option.arm) for option in others if option.equivalent]
    close = [arm_name(option.arm) for option in others if not option.equivalent]
    text = f"Highest expected benefit as {stage}: {arm_name(advice.recommended)}."
    if same:
        text += f" Equivalent to it: {wording.listed(same)}."
    if close:
        text += f" Cannot be told apart from it: {wording.listed(close)}."
    return text


def _option_lines(options: Sequence[Option]) -> list[str]:
    """A line for each option, then a line for each reason why others are none."""
    lines = [
        f"{arm_title(option.arm)}: benefit {wording.number(option.utility, 2)} meaningful changes "
        f"(95 % interval {wording.interval(option.utility_interval, 2)}), "
        f"best in {wording.of_100(option.probability_best)}."
        for option in options
        if option.utility is not None and option.utility_interval is not None
    ]
    refused: dict[str | None, list[str]] = {}
    for option in options:
        if not option.allowed:
            refused.setdefault(option.reason, []).append(arm_name(option.arm))
    return lines + [f"Not an option ({reason}): {'; '.join(names)}." for reason, names in refused.items()]


def _step_line(step: PlanStep) -> str:
    chance = f"{step.response} ({wording.of_100(step.probability)})"
    return f"{chance}: {step.action}, {arm_name(step.arm)}." if step.arm else f"{chance}: {step.reason}."


def _change_line(advice: Recommendation, change: OutcomeChange) -> str:
    if change.arm != advice.recommended or change.outcome not in advice.preferences:
        return ""
    measure = MEASURES[change.outcome]
    text = (
        f"{wording.input_label(measure.code)}, week {change.week}: expected change "
        f"{wording.amount(measure, change.change)} "
        f"(95 % interval {wording.amount_interval(measure, change.change_interval)})"
    )
    if change.difference_from_esc is not None and change.difference_interval is not None and change.arm != "ESC":
        text += (
            f"; against enhanced self-care {wording.amount(measure, change.difference_from_esc)} "
            f"({wording.amount_interval(measure, change.difference_interval)})"
        )
    return f"{text}; {wording.better(measure)}."
