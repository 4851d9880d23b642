"""The simulated world in numbers, as written to `truth.json`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bestviz.data.dataset import DatasetInfo
from bestviz.data.simulator import course, design, effects
from bestviz.data.simulator.scales import GROUPS
from bestviz.trial import TREATMENTS


def dataset_info(strength: effects.Strength, n: int, seed: int) -> DatasetInfo:
    """What the data set of one simulated trial says about itself."""
    gain = effects.ORACLE_GAINS[strength]
    return DatasetInfo(
        name="Simulated BEST-like trial",
        description=(
            f"{n} simulated people, seed {seed}. Strength of effect modification: {strength}; the best possible regime "
            f"gains {gain:.2f} PEG points at week 24 over the best fixed plan. No real patient, no result of BEST."
        ),
        simulated=True,
        source="bestviz.data.simulator",
    )


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
            code: {
                "marker": marker,
                "sizes": _sizes(sizes, multiple),
            }
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
    return {"treatment": term.treatment or None, "variable": term.describe(), "sizes": _sizes(term.sizes, multiple)}


def _sizes(sizes: effects.Sizes, multiple: float) -> dict[str, float]:
    return {group: round(multiple * size, 6) for group, size in zip(GROUPS, sizes, strict=True)}
