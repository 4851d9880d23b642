"""Who could join the trial, as data: the criteria of the registry entry NCT05396014, whose text is quoted.

Labels and what follows from a criterion are ours. What speaks against one treatment is in `bestviz.trial.checklists`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["inclusion", "exclusion", "red flag"]
Use = Literal["ask", "from the inputs", "trial only"]

REGISTRY_SOURCE = "registry entry NCT05396014"

STOP_AND_ASSESS = "Stop: this needs medical assessment first. The advice does not apply."
OUTSIDE_TRIAL = "Stop: nobody like this was in the trial, so the advice does not apply."
OUTSIDE_ENTRY = "Outside the trial's entry criteria: read the advice with caution."
TRIAL_CONDUCT = "A condition for taking part in a study; it has no bearing on advice."


@dataclass(frozen=True)
class Criterion:
    """One entry criterion of the trial.

    Attributes
    ----------
    id : str
        Stable identifier.
    label : str
        Short label a clinician reads.
    text : str
        The registry's text.
    kind : {"inclusion", "exclusion", "red flag"}
        A red flag is an exclusion that also calls for medical assessment.
    use : {"ask", "from the inputs", "trial only"}
        Whether a clinician is asked, the patient's inputs tell, or it concerns only taking part in a study.
    action : str
        What to do when an exclusion is present, or an inclusion criterion is not met.
    source : str
        Where it comes from.
    """

    id: str
    label: str
    text: str
    kind: Kind
    use: Use
    action: str
    source: str = REGISTRY_SOURCE

    @property
    def stops_advice(self) -> bool:
        """Whether the answer "present" forbids advice."""
        return self.kind != "inclusion" and self.use == "ask"


_STUDY: tuple[Kind, Use, str] = ("inclusion", "trial only", TRIAL_CONDUCT)
_INPUT: tuple[Kind, Use, str] = ("inclusion", "from the inputs", OUTSIDE_ENTRY)
_FLAG: tuple[Kind, Use, str] = ("red flag", "ask", STOP_AND_ASSESS)
_EXCLUSION: tuple[Kind, Use, str] = ("exclusion", "ask", OUTSIDE_TRIAL)

CRITERIA: dict[str, Criterion] = {
    c.id: c
    for c in (
        Criterion("english", "Reads and understands English", "Ability to read and understand English", *_STUDY),
        Criterion("consent", "Signed consent", "Provision of signed and dated informed consent form(s)", *_STUDY),
        Criterion(
            "email",
            "Can be reached by email",
            "Willing and able to receive study-related messages and survey links via email",
            *_STUDY,
        ),
        Criterion("phone", "Can be reached by phone", "Willing and able to receive study-related phone calls", *_STUDY),
        Criterion(
            "adult",
            "18 years or older",
            "Age 18 years old or older",
            "inclusion",
            "from the inputs",
            "Stop: the trial enrolled adults only. The advice does not apply.",
        ),
        Criterion(
            "chronic_pain",
            "Back pain for 3 months or more, on half the days or more",
            "Low-back pain for at least 3 months and occurring on at least half the days in the past 6 months",
            *_INPUT,
        ),
        Criterion(
            "one_contraindication",
            "Not more than one treatment contraindicated",
            "Contraindicated to no more than one of the study interventions at the time of eligibility assessment(s)",
            *_INPUT,
        ),
        Criterion(
            "three_treatments",
            "Can have three of the four treatments and accepts them",
            "Eligible to receive at least three of the four study interventions and willing to receive any "
            "intervention for which they are eligible",
            *_INPUT,
        ),
        Criterion("peg_4", "PEG of 4 or more", "A PEG score 4 or higher prior to the Run-in period", *_INPUT),
        Criterion(
            "phenotyping", "Accepts the measurements", "Willing and able to undergo required phenotyping", *_STUDY
        ),
        Criterion(
            "internet",
            "Has a device with internet access",
            "Regular reliable access to an internet-enabled device such as a smart phone, tablet, or laptop computer",
            *_STUDY,
        ),
        Criterion(
            "run_in",
            "Completed the run-in modules",
            "Completion of two Run-in study information modules prior to period 1 randomization (Visit 0)",
            *_STUDY,
        ),
        Criterion(
            "back_worst",
            "The back hurts more than anything else",
            "Low-back pain more severe than pain in other parts of the body",
            "inclusion",
            "ask",
            OUTSIDE_ENTRY,
        ),
        Criterion(
            "nine_months",
            "Available for 9 months",
            "Available to complete the full study protocol (approximately 9 months)",
            *_STUDY,
        ),
        Criterion("pregnant", "Pregnant", "Pregnant at the time of Visit 0 (Baseline)", *_EXCLUSION),
        Criterion(
            "neurodegenerative",
            "Progressive neurodegenerative disease",
            "Progressive neurodegenerative disease",
            *_EXCLUSION,
        ),
        Criterion(
            "spine_infection_tumour",
            "Spine infection or spine tumour, ever",
            "History of discitis osteomyelitis (spine infection) or spine tumor",
            *_FLAG,
        ),
        Criterion(
            "inflammatory",
            "Inflammatory arthritis or lupus, ever",
            "History of ankylosing spondylitis, rheumatoid arthritis, polymyalgia rheumatica, psoriatic arthritis, "
            "or lupus",
            *_EXCLUSION,
        ),
        Criterion(
            "cauda_equina",
            "Cauda equina syndrome, or nerve root damage with weakness, ever",
            "History of cauda equina syndrome or spinal radiculopathy with functional motor deficit (strength <4/5 on "
            "manual motor testing)",
            *_FLAG,
        ),
        Criterion(
            "vertebral_fracture",
            "Vertebral fracture in the last 6 months",
            "Diagnosis of any vertebral fracture in the last 6 months",
            *_FLAG,
        ),
        Criterion(
            "osteoporosis",
            "Osteoporosis on stronger drugs than bisphosphonates",
            "Osteoporosis requiring pharmacologic treatment other than vitamin D, calcium supplements, or "
            "bisphosphonates.",
            *_EXCLUSION,
        ),
        Criterion(
            "bone_cancer",
            "Cancer in the bone, ever",
            "History of any bone-related cancer or cancer that metastasized to the bone",
            *_FLAG,
        ),
        Criterion(
            "cancer_now",
            "Cancer treatment now or planned within 12 months",
            "Currently in treatment for any non-skin cancer or plan to start non-skin cancer treatment in the "
            "next 12 months",
            *_FLAG,
        ),
        Criterion(
            "cancer_24_months",
            "Cancer treatment in the last 24 months",
            "History of any non-skin cancer treatment in the last 24 months",
            *_FLAG,
        ),
        Criterion(
            "senses",
            "Sees or hears too poorly to take part",
            "Visual or hearing difficulties that would preclude participation",
            *_EXCLUSION,
        ),
        Criterion("addiction", "Uncontrolled addiction", "Uncontrolled drug/alcohol addiction", *_EXCLUSION),
        Criterion(
            "litigation",
            "Disability or injury claim under way",
            "Individuals actively pursuing disability or workers compensation or involved in active personal "
            "injury-related litigation",
            *_EXCLUSION,
        ),
        Criterion(
            "other_trial",
            "In another interventional pain study",
            "Currently participating in another interventional pain study",
            *_EXCLUSION,
        ),
        Criterion(
            "judgement",
            "Any other condition that makes these treatments unsafe",
            "Any condition that, in the opinion of the investigator, would preclude the patient from being able to "
            "safely participate in in the trial",
            *_EXCLUSION,
        ),
    )
}


def asked_criteria() -> tuple[Criterion, ...]:
    """The criteria a clinician is asked about, red flags first."""
    order = ("red flag", "exclusion", "inclusion")
    return tuple(sorted((c for c in CRITERIA.values() if c.use == "ask"), key=lambda c: order.index(c.kind)))
