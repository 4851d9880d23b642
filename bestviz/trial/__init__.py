"""What the protocol of BEST says, as data: treatments, arms, permitted sequences, measures, schedule, eligibility."""

from bestviz.trial.allowed import allowed_first_table, allowed_second_table, refusals_first, refusals_second
from bestviz.trial.columns import COLUMNS, INPUT_COLUMNS, Column
from bestviz.trial.measures import ASSESSED, BASELINE_MEASURES, MEASURES, PREFERENCE_MEASURES, WEIGHTABLE, Measure
from bestviz.trial.response import DEFAULT_RESPONSE_RULE, ResponseRule
from bestviz.trial.sequences import (
    ACTIONS,
    PERMITTED_PAIRS,
    RESPONSE_CLASSES,
    action_of,
    permitted_second_arms,
)
from bestviz.trial.treatments import (
    ARMS,
    PAIR_ARMS,
    SINGLE_ARMS,
    TREATMENTS,
    arm_name,
    arm_of,
    arm_title,
    treatments_of,
)

__all__ = [
    "ACTIONS",
    "ARMS",
    "ASSESSED",
    "BASELINE_MEASURES",
    "COLUMNS",
    "DEFAULT_RESPONSE_RULE",
    "INPUT_COLUMNS",
    "MEASURES",
    "PAIR_ARMS",
    "PERMITTED_PAIRS",
    "PREFERENCE_MEASURES",
    "RESPONSE_CLASSES",
    "SINGLE_ARMS",
    "TREATMENTS",
    "WEIGHTABLE",
    "Column",
    "Measure",
    "ResponseRule",
    "action_of",
    "allowed_first_table",
    "allowed_second_table",
    "arm_name",
    "arm_of",
    "arm_title",
    "permitted_second_arms",
    "refusals_first",
    "refusals_second",
    "treatments_of",
]
