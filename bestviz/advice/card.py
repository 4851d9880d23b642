"""The model card: data, method, intended use and limits of one fitted model, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bestviz.advice.uncertainty import Calibration, Coverage
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
{_calibration_text(model.calibration)}
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


def _calibration_text(calibration: Calibration) -> str:
    """Lines on the calibration factors, and on the coverage that was measured."""
    if not calibration.conditions:
        return (
            "- Calibration: not calibrated: intervals and chances are as the replicates say; their coverage has not "
            "been measured yet."
        )
    lines = [
        f"- Calibration: standard deviations of means times {calibration.means:g}, of differences times "
        f"{calibration.differences:g}; replicates stray {calibration.chances:g} times as far where arms compete for "
        f"being best: {calibration.conditions}."
    ]
    if calibration.measured_on:
        lines.append(
            f"- Coverage measured on {calibration.measured_on}. Their effects have shapes that the model knows; where "
            "real ones have others, it is lower:"
        )
    stages = (
        ("first arms", calibration.before, calibration.after),
        ("second arms", calibration.second_before, calibration.second_after),
    )
    for stage, before, after in stages:
        if before is not None and after is not None:
            lines.append(f"  - {stage}: {_coverage_text(after)} (before calibration: {_coverage_text(before)}).")
    return "\n".join(lines)


def _coverage_text(coverage: Coverage) -> str:
    means, differences, said, true = (
        f"{100 * share:.0f}" for share in (coverage.means, coverage.differences, coverage.said, coverage.true)
    )
    return (
        f"95 % intervals hold {means} % of means and {differences} % of differences; the arm most likely to be best "
        f"is said to be best in {said} of 100 and is in {true}"
    )
