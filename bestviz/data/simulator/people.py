"""People as arrays: what the outcome model needs to know about each of them, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from bestviz.data.simulator.effects import DEEP_MODIFIERS, MODIFIERS, PROGNOSIS, coded, total
from bestviz.data.simulator.markers import remainder_of
from bestviz.data.simulator.scales import GRADED
from bestviz.trial import BASELINE_MEASURES, INPUT_COLUMNS, TREATMENTS
from bestviz.trial.allowed import contraindication_table

# Stand-ins for baseline values that the caller does not know: population medians, commonest categories.
TYPICAL: dict[str, float] = {
    "age": 50, "bmi": 30, "pain_duration": 4, "pain_frequency": 2, "widespread_areas": 2, "radicular": 1, "somatic": 3,
    "pcs6": 9, "phq2": 1, "gad2": 1, "expectation": 6.5, "self_efficacy": 36, "education": 3, "tobacco": 0,
    "back_surgery": 0, "antidepressant": 0, "female": 1, "employment=disabled": 0, "peg": 6, "pain_intensity": 6,
    "pain_interference": 62, "physical_function": 39, "depression": 52.5, "anxiety": 54.5, "sleep_duration": 6.25,
    "sleep_disturbance": 56, "opioid_use": 0,
}  # fmt: skip


@dataclass(frozen=True)
class People:
    """Arrays with one row a person.

    Attributes
    ----------
    start : array, people x graded outcomes
        Week-0 values.
    opioid : array
        Daily opioid use at week 0 (0 or 1).
    older : array of bool
        Age 65 and over.
    age : array
        Years.
    prognosis : array, people x graded outcomes
        Extra improvement in the first period whatever the treatment, in the outcome's unit.
    response : array, people x treatments x graded outcomes
        Extra improvement by a treatment (effect modification, strength included), in the outcome's unit.
    remainder : array, people x treatments
        Standardised remainder of the deep marker that changes a treatment's effect; NaN = not known.
    excluded : array of int
        Bit t is set where treatment number t is contraindicated.
    strength : float
        Multiple of all effect modification.
    """

    start: np.ndarray
    opioid: np.ndarray
    older: np.ndarray
    age: np.ndarray
    prognosis: np.ndarray
    response: np.ndarray
    remainder: np.ndarray
    excluded: np.ndarray
    strength: float

    def __len__(self) -> int:
        """Number of people."""
        return len(self.opioid)

    def take(self, rows: np.ndarray | slice) -> People:
        """Some people, or some people several times."""
        return self._map(lambda values: values[rows])

    def repeat(self, times: int) -> People:
        """Everyone `times` times in a row."""
        return self._map(lambda values: np.repeat(values, times, axis=0))

    def with_remainder(self, normal: np.ndarray) -> People:
        """The same people with unknown marker remainders replaced by these numbers."""
        return replace(self, remainder=np.where(np.isnan(self.remainder), normal, self.remainder))

    def with_excluded(self, excluded: np.ndarray) -> People:
        """The same people with these exclusion bits."""
        return replace(self, excluded=excluded)

    def _map(self, change: Callable[[np.ndarray], np.ndarray]) -> People:
        arrays = {f.name: change(getattr(self, f.name)) for f in fields(self) if f.name != "strength"}
        return People(strength=self.strength, **arrays)


def variables_of(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Baseline columns as numbers; what is missing or absent becomes the typical value."""
    out = {}
    for name in (*INPUT_COLUMNS, *BASELINE_MEASURES):
        if name in ("sex", "employment"):
            continue
        values = table[name] if name in table else pd.Series(np.nan, index=table.index)
        levels = coded(name)
        if levels:
            values = values.map({level: float(i) for i, level in enumerate(levels)})
        numbers = pd.to_numeric(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        out[name] = np.where(np.isnan(numbers), TYPICAL[name], numbers)
    for column, level in (("employment", "disabled"), ("sex", "female")):
        name = "female" if column == "sex" else f"{column}={level}"
        known = table[column].notna().to_numpy(bool) if column in table else np.zeros(len(table), bool)
        equal = (table[column] == level).fillna(False).to_numpy(float) if column in table else np.zeros(len(table))
        out[name] = np.where(known, equal, TYPICAL[name])
    return out


def people_of(table: pd.DataFrame, strength: float) -> People:
    """People as arrays.

    Parameters
    ----------
    table : DataFrame, one row a person
        Model-input columns, week-0 measures by their code, contraindication columns, and deep markers where known.
    strength : float
        Multiple of the effect modification.
    """
    n, variables = len(table), variables_of(table)
    response = np.stack(
        [
            strength * total(tuple(term for term in MODIFIERS if term.treatment == code), variables, n)
            for code in TREATMENTS
        ],
        axis=1,
    )
    remainder = np.zeros((n, len(TREATMENTS)))
    for t, code in enumerate(TREATMENTS):
        if code in DEEP_MODIFIERS:
            marker = DEEP_MODIFIERS[code][0]
            values = table[marker].to_numpy(float) if marker in table else np.full(n, np.nan)
            remainder[:, t] = remainder_of(marker, values, variables)
    bits = 2 ** np.arange(len(TREATMENTS))
    return People(
        start=np.stack([variables[code] for code in GRADED], axis=1),
        opioid=variables["opioid_use"],
        older=variables["age"] >= 65,
        age=variables["age"],
        prognosis=total(PROGNOSIS, variables, n),
        response=response,
        remainder=remainder,
        excluded=contraindication_table(table).to_numpy(int) @ bits,
        strength=strength,
    )
