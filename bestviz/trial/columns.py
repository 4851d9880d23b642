"""The columns of the `participants` table: type, allowed values, range and meaning, one row a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bestviz.trial.sequences import RESPONSE_CLASSES
from bestviz.trial.treatments import ARMS, SINGLE_ARMS

Kind = Literal["text", "number", "integer", "category", "boolean"]
Use = Literal["input", "design", "interim", "outcome", "description"]


@dataclass(frozen=True)
class Column:
    """One column of the participants table.

    Attributes
    ----------
    name : str
        Column name in files and patient files.
    kind : {"text", "number", "integer", "category", "boolean"}
        Type of its values.
    label : str
        Name a clinician reads.
    use : {"input", "design", "interim", "outcome", "description"}
        `input` columns are offered to the model as baseline features.
    unit : str
        Unit of a number.
    values : tuple of str
        Allowed values of a category.
    ordered : bool
        Whether `values` are in a meaningful order.
    minimum, maximum : float or None
        Range of a number; outside is impossible.
    required : bool
        Whether a data set without it cannot be used.
    """

    name: str
    kind: Kind
    label: str
    use: Use
    unit: str = ""
    values: tuple[str, ...] = ()
    ordered: bool = False
    minimum: float | None = None
    maximum: float | None = None
    required: bool = False


_EDUCATION = ("below_high_school", "high_school", "some_college", "bachelor", "graduate")
_DURATION = ("under_3_months", "3_to_6_months", "6_to_12_months", "1_to_5_years", "over_5_years")
_FREQUENCY = ("less_than_half", "half_the_days", "every_day")
_TOBACCO = ("never", "less_than_monthly", "monthly", "weekly", "daily")
_RACE = ("asian", "black", "native_american", "pacific_islander", "white", "multiple", "other")
_EMPLOYMENT = ("working", "not_working", "retired", "disabled", "other")

COLUMNS: dict[str, Column] = {
    c.name: c
    for c in (
        Column("id", "text", "Person id", "description", required=True),
        Column("site", "text", "Study site", "description"),
        Column("age", "number", "Age", "input", "years", minimum=18, maximum=100),
        Column("sex", "category", "Sex", "input", values=("female", "male", "intersex")),
        Column("race", "category", "Race", "description", values=_RACE),
        Column("ethnicity", "category", "Ethnicity", "description", values=("hispanic", "not_hispanic")),
        Column("education", "category", "Education", "input", values=_EDUCATION, ordered=True),
        Column("employment", "category", "Employment", "input", values=_EMPLOYMENT),
        Column("bmi", "number", "Body mass index", "input", "kg/m2", minimum=12, maximum=80),
        Column(
            "pain_duration", "category", "How long the back pain has lasted", "input", values=_DURATION, ordered=True
        ),
        Column("pain_frequency", "category", "How often the back hurts", "input", values=_FREQUENCY, ordered=True),
        Column(
            "widespread_areas",
            "integer",
            "Painful areas beside the low back",
            "input",
            "of 7 areas",
            minimum=0,
            maximum=7,
        ),
        Column(
            "radicular",
            "category",
            "How far leg pain goes",
            "input",
            values=("none", "thigh", "below_knee"),
            ordered=True,
        ),
        Column("somatic", "integer", "Stomach pain and headaches", "input", "score", minimum=2, maximum=6),
        Column("pcs6", "integer", "Pain catastrophising (PCS-6)", "input", "score", minimum=0, maximum=24),
        Column("phq2", "integer", "Depression screen (PHQ-2)", "input", "score", minimum=0, maximum=6),
        Column("gad2", "integer", "Anxiety screen (GAD-2)", "input", "score", minimum=0, maximum=6),
        Column("tobacco", "category", "Tobacco in the last 12 months", "input", values=_TOBACCO, ordered=True),
        Column("back_surgery", "boolean", "Ever had a low-back operation", "input"),
        Column("antidepressant", "boolean", "Takes an antidepressant now", "input"),
        Column("expectation", "number", "Expected benefit of treatment", "input", "of 10", minimum=0, maximum=10),
        Column("self_efficacy", "number", "Pain self-efficacy (PSEQ)", "input", "of 60", minimum=0, maximum=60),
        Column("contraindicated_esc", "boolean", "Enhanced self-care contraindicated", "design"),
        Column("contraindicated_act", "boolean", "Acceptance and commitment therapy contraindicated", "design"),
        Column("contraindicated_ebem", "boolean", "Exercise and manual therapy contraindicated", "design"),
        Column("contraindicated_dul", "boolean", "Duloxetine contraindicated", "design"),
        Column("first_arm", "category", "First arm", "design", values=SINGLE_ARMS, required=True),
        Column("response", "category", "Response class at week 12", "design", values=RESPONSE_CLASSES, ordered=True),
        Column("second_arm", "category", "Second arm", "design", values=ARMS, required=True),
        Column(
            "first_probability", "number", "Randomisation probability of the first arm", "design", minimum=0, maximum=1
        ),
        Column(
            "second_probability",
            "number",
            "Randomisation probability of the second arm",
            "design",
            minimum=0,
            maximum=1,
        ),
        Column("stopped_first", "boolean", "Stopped the first arm early", "interim"),
        Column("stopped_for_harm", "boolean", "Stopped the first arm because of harm", "interim"),
        Column("stopped_second", "boolean", "Stopped the second arm early", "outcome"),
        Column("adverse_event_first", "boolean", "Treatment-related adverse event in the first period", "interim"),
        Column("adverse_event_second", "boolean", "Treatment-related adverse event in the second period", "outcome"),
        Column("serious_event", "boolean", "Any serious adverse event", "outcome"),
        Column("received_first", "text", "What was received in the first period", "description"),
        Column("received_second", "text", "What was received in the second period", "description"),
    )
}

INPUT_COLUMNS: tuple[str, ...] = tuple(c.name for c in COLUMNS.values() if c.use == "input")
