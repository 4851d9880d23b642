"""Which code of a FHIR file is which input; `docs/data.md` prints `table`.

Targets are test codes of the consortium's format, so that its scoring applies, or names of model inputs. LOINC has no
code that is certain for the PEG, the GAD-2 total, low-back pain intensity, sleep duration as asked in the PSQI, pain
catastrophising or widespread pain: these come by the consortium's codes or by the names of the data dictionary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bestviz.data.bacpac.codes import (
    EDUCATION,
    EMPLOYMENT,
    IMPRESSION,
    RADICULAR,
    SCALES,
    SINGLES,
    SURGERY,
    TESTS,
)
from bestviz.trial import BASELINE_MEASURES, INPUT_COLUMNS

LOINC, ATC = "http://loinc.org", "http://www.whocc.no/atc"
SYSTEMS = {
    LOINC: "LOINC",
    ATC: "ATC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
}
INPUTS: tuple[str, ...] = (*INPUT_COLUMNS, *BASELINE_MEASURES)

_PROMIS = "PROMIS module of the German Medical Informatics Initiative, checked there against LOINC 2.83"
_PHQ = "LOINC panels 44249-1 and 55757-9"
_GAD = "LOINC panel 69737-5, HL7 Personal Health Record Format guide"


@dataclass(frozen=True)
class LoincCode:
    """One LOINC code that is understood.

    Attributes
    ----------
    code : str
    text : str
        Name in LOINC.
    target : str
        Test code of the consortium's format, or name of a model input.
    source : str
        Where the meaning of the code was taken from.
    caution : str
        What the reader is told when the code is used; empty if nothing.
    """

    code: str
    text: str
    target: str
    source: str
    caution: str = ""


_ANY_PAIN = (
    "The pain rating of LOINC 72514-3 is about any pain at one moment; it is taken as the low-back pain intensity on "
    "average. Check it."
)
LOINC_CODES: dict[str, LoincCode] = {
    row.code: row
    for row in (
        LoincCode("77865-4", "PROMIS pain interference, version 1.0, T-score", "PRPI4AT", _PROMIS),
        LoincCode("71961-7", "PROMIS-29 pain interference, T-score", "PRPI4AT", _PROMIS),
        LoincCode("91721-1", "PROMIS physical function, version 2.0, T-score", "PRPF6BT", _PROMIS),
        LoincCode("71959-1", "PROMIS-29 physical function, T-score", "PRPF6BT", _PROMIS),
        LoincCode("77861-3", "PROMIS emotional distress, depression, version 1.0, T-score", "PRDEP4AT", _PROMIS),
        LoincCode("71965-8", "PROMIS-29 depression, T-score", "PRDEP4AT", _PROMIS),
        LoincCode("77862-1", "PROMIS emotional distress, anxiety, version 1.0, T-score", "PRANX4AT", _PROMIS),
        LoincCode("71967-4", "PROMIS-29 anxiety, T-score", "PRANX4AT", _PROMIS),
        LoincCode("77860-5", "PROMIS sleep disturbance, version 1.0, T-score", "PRSD6AT", _PROMIS),
        LoincCode("71955-9", "PROMIS-29 sleep disturbance, T-score", "PRSD6AT", _PROMIS),
        LoincCode("55758-7", "Patient Health Questionnaire 2 item (PHQ-2) total score", "PHQ2RAW", _PHQ),
        LoincCode("44250-9", "Little interest or pleasure in doing things", "PHQ01", _PHQ),
        LoincCode("44255-8", "Feeling down, depressed, or hopeless", "PHQ02", _PHQ),
        LoincCode("69725-0", "Feeling nervous, anxious or on edge", "GAD01", _GAD),
        LoincCode("68509-9", "Not able to stop or control worrying", "GAD02", _GAD),
        LoincCode("39156-5", "Body mass index (BMI)", "bmi", "FHIR R4 vital signs"),
        LoincCode(
            "72514-3",
            "Pain severity, 0-10 verbal numeric rating",
            "LBPPINT1",
            "HL7 Belgium, patient monitoring guide",
            _ANY_PAIN,
        ),
    )
}
# Codes that are easily taken for another one.
NEAR_MISSES = {
    "70274-6": "the GAD-7 total is not the GAD-2 score",
    "44261-6": "the PHQ-9 total is not the PHQ-2 score",
    "75261-8": "its answers are five categories, not 0 to 10",
}
# Answers of the PHQ and GAD questions.
LOINC_ANSWERS = {"LA6568-5": 0.0, "LA6569-3": 1.0, "LA6570-1": 2.0, "LA6571-9": 3.0}
ANTIDEPRESSANTS, MAO_INHIBITORS = "N06A", ("N06AF", "N06AG")  # ATC groups

READ_TESTS = TESTS - {IMPRESSION}  # the impression of change is not of week 0
# Subject characteristics of the consortium's format: words of the codelist -> value.
CHARACTERISTICS = {
    "EDLEVEL": ("education", EDUCATION),
    "EMPSTAT": ("employment", EMPLOYMENT),
    "BPSURG": ("back_surgery", SURGERY),
}
# Input that each test code belongs to.
INPUT_OF: dict[str, str] = {
    **{
        test: scale.name
        for scale in SCALES
        for test in (*scale.items, scale.derived, scale.t_score)
        if test and scale.name in INPUTS
    },
    **{single.test: single.name for single in (*SINGLES, *RADICULAR) if single.test != IMPRESSION},
}
_LOINC_SHAPE = re.compile(r"\d{1,7}-\d")


def target_of(system: str, code: str) -> str:
    """Test code or input name that a code stands for; empty if it is not understood.

    Parameters
    ----------
    system : str
        URI of the code system; empty for a `linkId` or a code without one.
    code : str
    """
    if system in ("", LOINC) and code in LOINC_CODES:
        return LOINC_CODES[code].target
    if system in SYSTEMS or _LOINC_SHAPE.fullmatch(code):
        return ""
    if code in INPUTS:  # before the test codes: pcs6 is the sum, PCS6 one of its questions
        return code
    # "promis-painin9" of a linkId is the question PAININ9.
    for name in (code.upper(), re.split(r"[-_./:|]", code)[-1].upper()):
        if name in READ_TESTS or name in CHARACTERISTICS:
            return name
    return ""


def table() -> str:
    """The LOINC codes as a table in Markdown."""
    rows = [
        f"| {row.code} | {row.text} | {INPUT_OF.get(row.target, row.target)} | {row.source} |"
        for row in LOINC_CODES.values()
    ]
    return "\n".join(["| LOINC | meaning | model input | source |", "|---|---|---|---|", *rows])
