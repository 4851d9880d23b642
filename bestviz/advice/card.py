"""The model card: data, method, intended use and limits of one fitted model, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bestviz.trial import MEASURES

if TYPE_CHECKING:
    from bestviz.advice.model import FittedModel


def card_text(model: FittedModel) -> str:
    """The model card of a fitted model."""
    info, engine = model.info, model.engine
    simulated = "**Simulated data: not for treatment decisions.**\n\n" if info.simulated else ""
    arms = model.history["first"].value_counts()
    seen = len(engine.people)
    ended = int(engine.completed.with_outcome.sum())
    calibrated = model.calibration.conditions or (
        "not calibrated: intervals and chances are as the replicates say; their coverage has not been measured yet"
    )
    return f"""# Model card: {model.name}

{simulated}## Data
- {info.trained_on}: {info.description or "no description"}
- {info.participants} participants; {seen} seen at week 12; {ended} with a second arm and an outcome.
- First arms: {", ".join(f"{arm} {count}" for arm, count in arms.items())}.
- SHA-256 of the data: `{info.data_digest}`

## Method
- Two-stage backward induction for {engine.weighable} outcome columns at once, learner `{info.learner}`;
  see `docs/method.md`.
- {info.replicates} bootstrap replicates with drawn prior means, seed {info.seed}.
- First-stage effects lean on second-stage effects of the same treatment by a learned share of {engine.tuning.lent:g}.
- People who dropped out are stood for by inverse-probability weights; single missing values are filled in.
- Calibration: {calibrated}.
- Response rule where no class is recorded: {model.rule.describe()}

## Inputs and outcomes
- Baseline inputs: {", ".join([*model.inputs, *model.markers])}.
- Outcomes: {", ".join(MEASURES[code].name for code in model.outcome_codes)}.

## Intended use
Exploring what a learned treatment regime would suggest, together with a clinician who knows the patient. Not for use
without one, not for people outside the trial's entry criteria, not as evidence of efficacy.

## Limits
- Discovery stage: there is no independent test set.
- The trial has no untreated arm: improvements include the natural course.
- The treatments stand for classes; single predictors are not to be read as causes.

## Versions
BestViz {info.version}, fitted {info.created}, model digest `{model.digest}`.
"""
