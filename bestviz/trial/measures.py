"""The measures of the trial: range, direction, unit, weeks and meaningful change, one row a measure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Role = Literal["primary", "response", "preference", "burden"]


@dataclass(frozen=True)
class Measure:
    """One outcome measure.

    Attributes
    ----------
    code : str
        Code used in data and JSON.
    name : str
        Name a clinician reads.
    short : str
        Name for chart labels, at most about 24 characters.
    unit : str
        Unit of the values.
    minimum, maximum : float
        Ends of the instrument; a value outside is an error.
    better : {"lower", "higher"}
        Direction that is better for the patient.
    weeks : tuple of int
        Weeks at which it is measured.
    role : {"primary", "response", "preference", "burden"}
        What it is for.
    meaningful_change : float
        Smallest change that matters to patients, in the measure's unit; one unit of utility.
    meaningful_source : str
        Where the meaningful change comes from.
    bacpac_test : str
        Test code of the value in the consortium's QS tables; empty if none.
    norm : str
        Population norm in words; empty if none.
    norm_mean, norm_sd : float or None
        Mean and standard deviation of the norm population (PROMIS T-scores).
    binary : bool
        Whether the values are 0 and 1.
    decimals : int
        Decimals worth showing.
    """

    code: str
    name: str
    short: str
    unit: str
    minimum: float
    maximum: float
    better: Literal["lower", "higher"]
    weeks: tuple[int, ...]
    role: Role
    meaningful_change: float
    meaningful_source: str
    bacpac_test: str = ""
    norm: str = ""
    norm_mean: float | None = None
    norm_sd: float | None = None
    binary: bool = False
    decimals: int = 1

    @property
    def sign(self) -> int:
        """+1 where higher is better, -1 where lower is better."""
        return 1 if self.better == "higher" else -1

    def with_meaningful_change(self, value: float) -> Measure:
        """The same measure with another meaningful change (in its unit, above 0)."""
        if not value > 0:
            raise ValueError(f"The meaningful change of {self.name} must be above 0, not {value}.")
        return replace(self, meaningful_change=value)


_VISITS = (0, 12, 24, 36)  # week 36 of the eight preference measures is assumed; the registry names PEG and PGIC there
_MCID = "minimal clinically important difference in chronic low-back pain, PROMIS-29 (n=183)"
_RATE = "assumed exchange rate: 20 percentage points of chance count as one meaningful change"
_T = {"norm": "population mean 50, SD 10", "norm_mean": 50.0, "norm_sd": 10.0}


def _promis(
    code: str,
    name: str,
    short: str,
    low: float,
    high: float,
    better: Literal["lower", "higher"],
    change: float,
    test: str,
    source: str = _MCID,
) -> Measure:
    return Measure(
        code,
        name,
        short,
        "T-score",
        low,
        high,
        better,
        _VISITS,
        "preference",
        change,
        source,
        test,
        **_T,  # type: ignore[arg-type]
    )


MEASURES: dict[str, Measure] = {
    m.code: m
    for m in (
        Measure(
            "peg",
            "PEG: pain, enjoyment and general activity",
            "PEG (pain and activity)",
            "points",
            0,
            10,
            "lower",
            (0, 6, 12, 18, 24, 36),
            "primary",
            1.0,
            "common convention (also a fall of 30 %)",
            "PEGSCORE",
        ),
        Measure(
            "pgic",
            "Patient global impression of change",
            "Impression of change",
            "category",
            1,
            7,
            "lower",
            (6, 12, 18, 24, 36),
            "response",
            1.0,
            "one category",
            "PGIC1",
        ),
        Measure(
            "pain_intensity",
            "Low-back pain intensity on average",
            "Pain intensity",
            "points",
            0,
            10,
            "lower",
            _VISITS,
            "preference",
            1.5,
            _MCID,
            "LBPPINT1",
        ),
        _promis(
            "pain_interference",
            "PROMIS pain interference 4a",
            "Pain interference",
            40,
            77,
            "lower",
            3.5,
            "PRPI4AT",
            "minimally important difference 3.5-5.5 (doi 10.2147/JPR.S93391)",
        ),
        _promis(
            "physical_function", "PROMIS physical function 6b", "Physical function", 20, 60, "higher", 3.6, "PRPF6BT"
        ),
        Measure(
            "opioid_use",
            "Daily opioid use",
            "Daily opioid use",
            "yes/no",
            0,
            1,
            "lower",
            _VISITS,
            "preference",
            1.0,
            "no longer daily",
            "OPIOID01",
            binary=True,
            decimals=0,
        ),
        _promis("depression", "PROMIS depression 4a", "Depression", 40, 80, "lower", 5.25, "PRDEP4AT"),
        _promis("anxiety", "PROMIS anxiety 4a", "Anxiety", 40, 82, "lower", 5.88, "PRANX4AT"),
        Measure(
            "sleep_duration",
            "Sleep duration (PSQI item 4)",
            "Sleep duration",
            "hours",
            0,
            14,
            "higher",
            _VISITS,
            "preference",
            0.5,
            "assumed",
            "PSQI4",
            norm="adults 7-9 h",
        ),
        _promis(
            "sleep_disturbance", "PROMIS sleep disturbance 6a", "Sleep disturbance", 30, 77, "lower", 3.9, "PRSD6AT"
        ),
        Measure(
            "adverse_event",
            "Treatment-related adverse event",
            "Side effects",
            "yes/no",
            0,
            1,
            "lower",
            (24,),
            "burden",
            0.2,
            _RATE,
            binary=True,
            decimals=0,
        ),
        Measure(
            "stopping",
            "Stopping a treatment early",
            "Stopping early",
            "yes/no",
            0,
            1,
            "lower",
            (24,),
            "burden",
            0.2,
            _RATE,
            binary=True,
            decimals=0,
        ),
    )
}

PREFERENCE_MEASURES: tuple[str, ...] = tuple(m.code for m in MEASURES.values() if m.role == "preference")
BURDEN_MEASURES: tuple[str, ...] = tuple(m.code for m in MEASURES.values() if m.role == "burden")
# Outcomes that preference weights may name.
WEIGHTABLE: tuple[str, ...] = ("peg", *PREFERENCE_MEASURES, *BURDEN_MEASURES)
# Measures recorded as assessments; the burden outcomes are derived from participant columns instead.
ASSESSED: tuple[str, ...] = tuple(m.code for m in MEASURES.values() if m.role != "burden")
# Measures with a week-0 value: model inputs beside the participant columns.
BASELINE_MEASURES: tuple[str, ...] = tuple(code for code in ASSESSED if 0 in MEASURES[code].weeks)
