"""The inputs that matter most for one option over another, in sentences."""

from __future__ import annotations

from bestviz.advice.inputs import INTERIM_PREFIX, input_label
from bestviz.advice.recommendation import Reason
from bestviz.advice.why.contributions import Contributions
from bestviz.trial import COLUMNS, MEASURES, arm_name
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

MOST_REASONS = 6
LEAST_EFFECT = 0.01


def reasons_of(contributions: Contributions) -> list[Reason]:
    """The largest parts of a difference that known inputs have, largest first."""
    # Contraindications are part of what is possible, not of who the patient is.
    parts = [
        part
        for part in contributions.parts
        if abs(part.effect) >= LEAST_EFFECT and part.feature not in CONTRAINDICATION_COLUMNS.values()
    ]
    return [
        Reason(
            part.feature,
            part.value,
            part.effect,
            part.interval,
            _sentence(part.feature, part.value, part.effect, contributions.arms),
        )
        for part in parts[:MOST_REASONS]
    ]


def _sentence(name: str, value: object, effect: float, arms: tuple[str, str]) -> str:
    ahead, behind = arms if effect > 0 else arms[::-1]
    return (
        f"{input_label(name)}{_shown(name, value)} speaks for {arm_name(ahead)} over {arm_name(behind)} "
        f"(by {abs(effect):.2f} meaningful changes)."
    )


def _shown(name: str, value: object) -> str:
    name = name.removeprefix(INTERIM_PREFIX)
    if isinstance(value, bool):
        return f": {'yes' if value else 'no'}"
    if isinstance(value, int | float):
        measure, column = MEASURES.get(name), COLUMNS.get(name)
        if measure is not None and measure.binary:
            return f": {'yes' if value else 'no'}"
        unit = measure.unit if measure else column.unit if column else ""
        return f" of {value:g} {unit}".rstrip()
    return f": {str(value).replace('_', ' ')}" if value is not None else ""
