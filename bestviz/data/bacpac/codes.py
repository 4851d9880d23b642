"""Test codes, items and codelists of the consortium's format, as far as BestViz reads or writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NOT_SURE = 99  # "Not sure" in the codelist NY: missing


@dataclass(frozen=True)
class Scale:
    """A questionnaire scored from items.

    Attributes
    ----------
    name : str
        Measure or participant column that it gives.
    items : tuple of str
        Test codes of its items.
    low, high : int
        Range of each item.
    how : {"mean", "sum"}
        How the items are put together.
    derived : str
        Test code of the score as recorded (the raw sum of a PROMIS form); empty if there is none.
    t_score : str
        Test code of the recorded T-score; empty if there is none.
    category, subcategory : str
        QSCAT and QSSCAT.
    answers : tuple of str
        Words of the answers from `low` to `high`; empty where they differ between items.
    """

    name: str
    items: tuple[str, ...]
    low: int
    high: int
    how: Literal["mean", "sum"]
    derived: str = ""
    t_score: str = ""
    category: str = ""
    subcategory: str = ""
    answers: tuple[str, ...] = ()

    @property
    def tolerance(self) -> float:
        """Largest difference between a recorded score and its items that rounding can explain."""
        return 0.06 if self.how == "mean" else 0.01


_TO_10 = ("No pain", *(str(n) for n in range(1, 10)), "Worst pain imaginable")
_OFTEN = ("Never", "Rarely", "Sometimes", "Often", "Always")
_MUCH = ("Not at all", "A little bit", "Somewhat", "Quite a bit", "Very much")
_DAYS = ("Not at all", "Several days", "More than half the days", "Nearly every day")
_DEGREE = (
    "Not at all", "To a slight degree", "To a moderate degree", "To a great degree", "All the time",
)  # fmt: skip
_BOTHERED = ("Not bothered at all", "Bothered a little", "Bothered a lot")
_NO_YES = ("No", "Yes")

# Measures: scored at every visit.
MEASURE_SCALES: tuple[Scale, ...] = (
    Scale(
        "peg", ("PEG1", "PEG2", "PEG3"), 0, 10, "mean", "PEGSCORE", "",
        "Pain Intensity and Interference", "PEG", _TO_10,
    ),
    Scale(
        "pain_interference", ("PAININ9", "PAININ22", "PAININ31", "PAININ34"), 1, 5, "sum", "PRPI4AR", "PRPI4AT",
        "Pain Interference", "PROMIS Pain Interference", _MUCH,
    ),
    Scale(
        "physical_function", ("PFA11", "PFA21", "PFA23", "PFA53", "PFC12", "PFB1"), 1, 5, "sum", "PRPF6BR", "PRPF6BT",
        "Physical Function", "PROMIS Physical Function",
    ),
    Scale(
        "depression", ("EDDEP04", "EDDEP06", "EDDEP29", "EDDEP41"), 1, 5, "sum", "PRDEP4AR", "PRDEP4AT",
        "Depression", "PROMIS Emotional Distress - Depression", _OFTEN,
    ),
    Scale(
        "anxiety", ("EDANX01", "EDANX40", "EDANX41", "EDANX53"), 1, 5, "sum", "PRANX4AR", "PRANX4AT",
        "Anxiety", "PROMIS Emotional Distress - Anxiety", _OFTEN,
    ),
    Scale(
        "sleep_disturbance", ("SLEEP108", "SLEEP109", "SLEEP116", "SLEEP20", "SLEEP44", "SLEEP72"), 1, 5, "sum",
        "PRSD6AR", "PRSD6AT", "Sleep", "PROMIS Sleep Disturbance",
    ),
)  # fmt: skip

# Participant columns: scored at week 0.
COLUMN_SCALES: tuple[Scale, ...] = (
    Scale(
        "widespread_areas", tuple(f"PNAREA{n}" for n in range(1, 8)), 0, 1, "sum", "WDSPPNUM", "",
        "Widespread Pain", "Widespread Pain Inventory", _NO_YES,
    ),
    Scale(
        "somatic", ("PSOM1", "PSOM2"), 1, 3, "sum", "", "", "Pain Somatization", "Abbreviated Pain Somatization",
        _BOTHERED,
    ),
    Scale(
        "pcs6", ("PCS4", "PCS5", "PCS6", "PCS10", "PCS11", "PCS13"), 0, 4, "sum", "PCSRAW", "",
        "Pain Catastrophizing", "Pain Catastrophizing Scale", _DEGREE,
    ),
    Scale("phq2", ("PHQ01", "PHQ02"), 0, 3, "sum", "PHQ2RAW", "", "Depression", "PHQ", _DAYS),
    Scale("gad2", ("GAD01", "GAD02"), 0, 3, "sum", "GAD2RAW", "", "Anxiety", "GAD", _DAYS),
)  # fmt: skip

IMPROVEMENT = (
    "Very much improved", "Much improved", "Minimally improved", "No change", "Minimally worse", "Much worse",
    "Very much worse",
)  # fmt: skip


@dataclass(frozen=True)
class Single:
    """One question: measure or column, its test code, first code and words of the answers."""

    name: str
    test: str
    category: str
    subcategory: str
    first: int = 0
    answers: tuple[str, ...] = ()


SINGLE_MEASURES: tuple[Single, ...] = (
    Single("pgic", "PGIC1", "Patient Satisfaction", "Patient Global Impression of Change", 1, IMPROVEMENT),
    Single("pain_intensity", "LBPPINT1", "Pain Intensity", "Low Back Pain Intensity", 0, _TO_10),
    Single("opioid_use", "OPIOID01", "Opioid Use", "Current Opioid Use", 0, _NO_YES),
    Single("sleep_duration", "PSQI4", "Sleep", "Sleep Duration"),
)
SLEEP_DURATION = "PSQI4"
IMPRESSION = "PGIC1"

# Column questions at week 0: code -> value of the data dictionary.
COLUMN_CODES: dict[str, tuple[Single, dict[int, str]]] = {
    "pain_duration": (
        Single(
            "pain_duration", "LBPDF01", "Pain Duration and Frequency", "Low Back Pain Duration and Frequency", 1,
            ("<3 months", "3-6 months", "6 months-1 year", "1 to 5 years", "More than 5 years"),
        ),
        {1: "under_3_months", 2: "3_to_6_months", 3: "6_to_12_months", 4: "1_to_5_years", 5: "over_5_years"},
    ),
    "pain_frequency": (
        Single(
            "pain_frequency", "LBPDF02", "Pain Duration and Frequency", "Low Back Pain Duration and Frequency", 1,
            ("Every day or nearly every day", "At least half the days", "Less than half the days"),
        ),
        {1: "every_day", 2: "half_the_days", 3: "less_than_half"},
    ),
    "tobacco": (
        Single(
            "tobacco", "TAPS1Q1", "Substance Use", "TAPS", 0,
            ("Daily or almost daily", "Weekly", "Monthly", "Less than monthly", "Never"),
        ),
        {0: "daily", 1: "weekly", 2: "monthly", 3: "less_than_monthly", 4: "never"},
    ),
}  # fmt: skip
RADICULAR = (
    Single("radicular", "RADLBP1", "Pain Location", "Radicular Low Back Pain", 0, _NO_YES),
    Single("radicular", "RADLBP2", "Pain Location", "Radicular Low Back Pain", 0, _NO_YES),
)

SCALES = MEASURE_SCALES + COLUMN_SCALES
SINGLES = SINGLE_MEASURES + tuple(single for single, _ in COLUMN_CODES.values()) + RADICULAR
# Answers as given (not derived): code 99 is missing here, and words stand in where the number is missing.
ANSWERS: dict[str, tuple[int, tuple[str, ...]]] = {
    **{item: (scale.low, scale.answers) for scale in SCALES for item in scale.items},
    **{single.test: (single.first, single.answers) for single in SINGLES},
}
DERIVED: tuple[str, ...] = tuple(code for scale in SCALES for code in (scale.derived, scale.t_score) if code)
TESTS: frozenset[str] = frozenset(ANSWERS) | frozenset(DERIVED)

# DM and SC: words of the codelists (in lower case) -> values of the data dictionary; what is "not known" -> "".
_UNKNOWN = {"unknown": "", "not reported": "", "not sure": "", "prefer not to answer": "", "refused": "", "u": ""}
SEX = {"female": "female", "male": "male", "intersex": "intersex", "f": "female", "m": "male", **_UNKNOWN}
RACE = {
    "american indian or alaska native": "native_american",
    "asian": "asian",
    "black or african american": "black",
    "native hawaiian or pacific islander": "pacific_islander",
    "native hawaiian or other pacific islander": "pacific_islander",
    "white": "white",
    "multiple": "multiple",
    "other": "other",
    **_UNKNOWN,
}
ETHNICITY = {"hispanic or latino": "hispanic", "not hispanic or latino": "not_hispanic", **_UNKNOWN}
EDUCATION = {
    "did not complete secondary school or less than high school": "below_high_school",
    "some secondary school or high school education": "below_high_school",
    "high school or secondary school degree complete": "high_school",
    "associate's or technical degree complete": "some_college",
    "some college education": "some_college",
    "college or baccalaureate degree complete": "bachelor",
    "doctoral or postgraduate education": "graduate",
    **_UNKNOWN,
}
EMPLOYMENT = {
    "full-time employment": "working",
    "part-time employment": "working",
    "not employed": "not_working",
    "retired": "retired",
    "disabled": "disabled",
    "other": "other",
    **_UNKNOWN,
}
SURGERY = {
    "no": "false",
    "yes": "true",
    "yes, one operation": "true",
    "yes, more than one operation": "true",
    "does not apply": "",
    **_UNKNOWN,
}
# Length in cm and weight in kg of one unit.
UNITS = {"HEIGHT": {"CM": 1.0, "IN": 2.54, "M": 100.0}, "WEIGHT": {"KG": 1.0, "LB": 0.45359237, "G": 0.001}}
