"""The simulated world in numbers, as written to `truth.json`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bestviz.data.simulator import course, design, effects
from bestviz.data.simulator.scales import GROUPS
from bestviz.trial import TREATMENTS


def describe(strength: effects.Strength) -> dict[str, Any]:
    """Scenario, strength, effect sizes and true randomisation probabilities as a plain mapping."""
    multiple = effects.STRENGTHS[strength]
    return {
        "scenario": "best-like",
        "strength": strength,
        "multiple": multiple,
        "oracle_gain_peg_24": effects.ORACLE_GAINS[strength],
        "improvement_week_12": {"natural_course": effects.COURSE, "added_by_treatment": effects.SPECIFIC},
        "prognosis": [_term(term, 1.0) for term in effects.PROGNOSIS],
        "effect_modification": [_term(term, multiple) for term in effects.MODIFIERS],
        "effect_modification_week_12": [_term(term, multiple) for term in effects.INTERIM_MODIFIERS],
        "effect_modification_deep": {
            code: {"marker": marker, "sizes": dict(zip(GROUPS, sizes, strict=True))}
            for code, (marker, sizes) in effects.DEEP_MODIFIERS.items()
        },
        "second_period": {
            "kept": course.KEPT,
            "added": course.ADDED,
            "switched": course.SWITCHED,
            "dropped": course.DROPPED,
            "pair_loss": course.PAIR_LOSS,
            "give_back": course.GIVE_BACK,
            "fade_to_week_36": dict(zip(TREATMENTS, course.FADE.tolist(), strict=True)),
        },
        "first_probabilities": probabilities_table().to_dict(orient="index"),
        "second_probabilities": "uniform over the permitted and eligible arms",
    }


def probabilities_table() -> pd.DataFrame:
    """Probability of each first arm (columns) by contraindicated treatment (rows; `none` = nothing contraindicated)."""
    table = pd.DataFrame.from_dict(design.FIRST_PROBABILITIES, orient="index")
    return table.rename(index={"": "none"})


def _term(term: effects.Term, multiple: float) -> dict[str, Any]:
    sizes = {group: multiple * size for group, size in zip(GROUPS, term.sizes, strict=True)}
    return {"treatment": term.treatment or None, "variable": term.describe(), "sizes": sizes}
