"""The model card: data, method, how it was judged, intended use and limits of one fitted model, in Markdown.

Names and descriptions come from whoever made the data: they are written so that no Markdown in them takes effect.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from bestviz.advice.uncertainty import Calibration, Coverage
from bestviz.trial import MEASURES, TREATMENTS, WEIGHTABLE
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import INTENDED_USE, SIMULATED, interval, number
from bestviz.wording.card import cross_fitted, gained, group_by, times

if TYPE_CHECKING:
    from bestviz.advice.kept_value import KeptValue, Ranged
    from bestviz.advice.model import FittedModel

_FEWEST = 10  # people; a smaller group is not counted
_AGES = ("under 40", "40 to 59", "60 and over")


def card_text(model: FittedModel, kept: KeptValue | None = None) -> str:
    """The model card of a fitted model, with its cross-fitted value where that was worked out."""
    info, engine = model.info, model.engine
    simulated = f"**{SIMULATED}.**\n\n" if info.simulated else ""
    arms = model.history["first"].value_counts()
    seen = len(engine.people)
    ended = int(engine.completed.with_outcome.sum())
    return f"""# Model card: {model.name}

{simulated}## Data
- {plain(info.trained_on)}: {plain(info.description) or "no description"}
- {info.participants} participants; {seen} seen at week 12; {ended} with a second arm and an outcome.
- First arms: {", ".join(f"{arm} {count}" for arm, count in arms.items())}.
- SHA-256 of the data: `{info.data_digest}`

## Subgroups
{_subgroups_text(model)}{_group_values_text(kept)}

## Method
- Two-stage backward induction for {engine.weighable} outcome columns at once, learner `{info.learner}`;
  see `docs/method.md`.
- {info.replicates} bootstrap replicates with drawn prior means, seed {info.seed}.
- First-stage effects lean on second-stage effects of the same treatment by a learned share of {engine.tuning.lent:g}.
- People who dropped out are stood for by inverse-probability weights; single missing values are filled in.
- Response rule where no class is recorded: {model.rule.describe()}

## Validation
- There is no independent test set. The data were checked by the rules of the format before the fit.
{_value_text(kept)}
{_compared_text(model)}

## Calibration and coverage
{_calibration_text(model.calibration)}
{_coverage_table(model.calibration)}
## Inputs and outcomes
- Baseline inputs: {", ".join(plain(name) for name in [*model.inputs, *model.markers])}.
- Outcomes: {", ".join(MEASURES[code].name for code in model.outcome_codes)}.
{_changes_text(model)}

## Intended use
{INTENDED_USE}

## Out of scope
- Use without a clinician who knows the patient, or as the only ground of a decision.
- People outside the trial's entry criteria, under 18, or with a red flag.
- Evidence that a treatment works; treatments other than {", ".join(t.title for t in TREATMENTS.values())}.

## Limits
- Discovery stage: there is no independent test set.
- The trial has no untreated arm: improvements include the natural course.
- The treatments stand for classes; single predictors are not to be read as causes.
- Intervals rest on the model; where its assumptions fail they are too narrow.

## Versions
BestViz {info.version}, fitted {info.created}, model digest `{model.digest}`.
"""


def plain(text: str) -> str:
    """A text from outside in one line, with every sign that Markdown would take as its own made harmless."""
    return re.sub(r"([\\`*\[\]<>#!|$~])", r"\\\1", " ".join(text.split())).replace("://", "\\://")


def _value_text(kept: KeptValue | None) -> str:
    """The cross-fitted value of the rule, or how to get it."""
    if kept is None:
        return (
            "- Cross-fitted value: not known yet. The page Regimes and `python -m bestviz evaluate` work it out from "
            "the model's own data, and put it here."
        )
    return (
        f"- Cross-fitted value, worked out {kept.date}: {cross_fitted(kept.value.estimate, kept.value.interval)}; "
        f"{gained(kept.gain.estimate, kept.gain.interval)}.\n"
        f"- For this {kept.people} people were split {times(kept.repeats)} into {kept.folds} parts, each judged by "
        "a rule that was learned, with every choice, from the others."
    )


def _group_values_text(kept: KeptValue | None) -> str:
    """The value in groups, as a table; how to get it where it is not known."""
    if kept is None or not kept.groups:
        return "\n- Values in subgroups are stored with the cross-fitted value; `evaluate --by` gives others."
    rows = [
        f"| {plain(group_by(each.by))} | {plain(each.name)} | {each.people} | {_points(each.value)} | "
        f"{_points(each.gain, signed=True)} |"
        for each in kept.groups
    ]
    head = "| Groups by | Group | People | Mean PEG at week 24, points (95 % interval) | Less the best fixed plan |"
    return "\n".join(["", "", head, "|---|---|---|---|---|", *rows, ""])


def _points(found: Ranged, signed: bool = False) -> str:
    return f"{number(found.estimate, 2, signed)} ({interval(found.interval, 2, signed)})"


def _compared_text(model: FittedModel) -> str:
    """How the learner was chosen."""
    compared = model.engine.tuning.compared
    if not compared:
        return "- Learners were not compared for this fit."
    size = -model.measures["peg"].meaningful_change  # stored with higher as better, in meaningful changes
    values = ", ".join(f"{name} {size * value:.2f}" for name, value in compared.items())
    return (
        f"- Learners were compared by cross-fitted mean PEG at week {PRIMARY_WEEK}, in points, lower is better: "
        f"{values}; used: {model.engine.tuning.learner}. The best of several is a little flattered: it was chosen."
    )


def _subgroups_text(model: FittedModel) -> str:
    """Who the participants are, in shares rounded to tens of 100: nobody can be worked out from them."""
    encoder = model.engine.filler.baseline
    people = encoder.decode(model.engine.completed.baseline)
    lines = []
    if "sex" in people:
        lines.append(f"- Sex: {_shares(people['sex'])}.")
    if "age" in people:
        ages = pd.cut(people["age"], [0, 40, 60, 200], right=False, labels=list(_AGES))
        lines.append(f"- Age in years: {_shares(ages)}.")
    barred = {t.title: model.history[code] for code, t in TREATMENTS.items() if code in model.history}
    said = [f"{name} {_share(flags)}" for name, flags in barred.items() if flags.any()]
    lines.append(f"- Contraindicated: {', '.join(said) or 'nothing for anybody'}.")
    return "\n".join(lines)


def _shares(groups: pd.Series) -> str:
    names = groups.value_counts(sort=False).index
    return ", ".join(f"{plain(str(name))} {_share(groups == name)}" for name in names)


def _share(inside: pd.Series) -> str:
    if 0 < inside.sum() < _FEWEST:
        return f"fewer than {_FEWEST} people"
    share = inside.mean()
    if 0 < share < 0.05:
        return "fewer than 5 of 100"
    return f"about {round(10 * share) * 10} of 100"


def _changes_text(model: FittedModel) -> str:
    """Meaningful changes that were edited; one line where none was."""
    edited = [
        f"{MEASURES[code].name} {model.measures[code].meaningful_change:g} {MEASURES[code].unit} in place of "
        f"{MEASURES[code].meaningful_change:g}"
        for code in WEIGHTABLE
        if code in model.measures and model.measures[code].meaningful_change != MEASURES[code].meaningful_change
    ]
    return f"- Meaningful changes, edited: {'; '.join(edited)}." if edited else "- Meaningful changes: the usual ones."


def _coverage_table(calibration: Calibration) -> str:
    """What was measured before and after calibration, as a table; empty where it was not."""
    stages = (
        ("First arms, as the replicates say", calibration.before),
        ("First arms, calibrated", calibration.after),
        ("Second arms, as the replicates say", calibration.second_before),
        ("Second arms, calibrated", calibration.second_after),
    )
    rows = [f"| {name} | {_row(coverage)} |" for name, coverage in stages if coverage is not None]
    if not rows:
        return ""
    head = "| Of 100 | 95 % intervals of means hold the truth | of differences | said to be best | truly best |"
    return "\n".join(["", head, "|---|---|---|---|---|", *rows, ""])


def _row(coverage: Coverage) -> str:
    shares = (coverage.means, coverage.differences, coverage.said, coverage.true)
    return " | ".join(f"{100 * share:.0f}" for share in shares)


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
