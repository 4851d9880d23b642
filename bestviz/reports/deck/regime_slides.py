"""Slides on what was learned: who would get what, what that is worth, for whom, how sure, and whether it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from bestviz import wording
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_text import UTILITY, method, verdict
from bestviz.advice.inputs import input_label
from bestviz.advice.lasting import lasting as ask_lasting
from bestviz.advice.preferences import PRIMARY_WEIGHTS
from bestviz.advice.responders import effect_modification
from bestviz.advice.why.changes import shown, unit_of
from bestviz.figures.lasting import build_lasting, describe_lasting
from bestviz.figures.options import build_options, describe_options
from bestviz.figures.preference_map import build_preference_map, describe_preference_map
from bestviz.figures.reasons import build_reasons, describe_reasons
from bestviz.figures.regimes.paths import build_firsts, build_paths, describe_firsts, describe_paths
from bestviz.figures.regimes.values import build_values, describe_values
from bestviz.figures.responding.modifiers import build_modifiers, describe_modifiers
from bestviz.regime.judging.regimes import SINGLE
from bestviz.reports.deck import fits
from bestviz.reports.deck.slide import Slide
from bestviz.reports.deck.source import Source
from bestviz.trial import SINGLE_ARMS, TREATMENTS
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import preferences as preference_words
from bestviz.wording import regimes as regime_words
from bestviz.wording import slides as words
from bestviz.wording.cohort import arm_key

_MODIFIERS, _REASONS = 5, 4  # rows that fit on a slide
_CORNERS = ("peg", "physical_function", "sleep_disturbance")
_POINTS = 2000  # of the preference map


def firsts(source: Source) -> Slide:
    """First treatments as recommended and as randomised."""
    found = source.recommended
    given: dict[str, Any] = {"recommended": found, "simulated": source.simulated}
    caption = (words.counted(found.people, source.is_filtered), words.COUNTS_AT_START, *source.aim)
    return Slide(
        "firsts", words.FIRSTS, caption, (_apart(source),), describe_firsts(**given), source.simulated,
        build=partial(build_firsts, **given), fit=partial(fits.rows, label=37),
        details=(regime_words.FIRST_NOTE, *source.of_model),
    )  # fmt: skip


def values(source: Source) -> Slide:
    """What the regime is worth; where that was not judged, how it is."""
    judged = source.judged
    if judged is None:
        points = (source.not_judged, *words.NO_VALUES[1:])
        return Slide(
            "values", words.VALUES, source.aim, points, simulated=source.simulated, points=points,
            details=source.of_model,
        )  # fmt: skip
    few = _without_singles(judged)
    code = "peg" if dict(judged.preferences) == dict(PRIMARY_WEIGHTS) else UTILITY
    week = _week(source.horizon, [each.week for each in few.values if each.outcome == code])
    given: dict[str, Any] = {"evaluation": few, "outcome": code, "week": week}
    people = words.counted(judged.participants, source.is_filtered)
    caption = (people, words.gained(judged.gain.value, judged.gain.interval), *source.aim)
    notes = (verdict(judged), method(judged), regime_words.VALUE, *judged.warnings)
    return Slide(
        "values", words.VALUES, caption, notes, describe_values(**given), source.simulated,
        build=partial(build_values, **given), fit=fits.rows, details=(words.INTERVAL, *source.of_model),
    )  # fmt: skip


def _week(horizon: int | str, weeks: Sequence[int | str]) -> int | str:
    """The week at which a value is shown: that of the benefit, else the primary one, else the last."""
    return next((week for week in (horizon, PRIMARY_WEEK) if week in weeks), weeks[-1])


def randomised(source: Source) -> Slide | None:
    """Who got both treatments in the trial."""
    return _both(source, "randomised")


def regime(source: Source) -> Slide | None:
    """Who would get both treatments under the learned regime."""
    return _both(source, "regime")


def _both(source: Source, side: Literal["randomised", "regime"]) -> Slide | None:
    """Where the regimes were judged; what is recommended is told by rules that were learned without the person."""
    found = source.assigned
    if found is None or source.judged is None:
        return None
    given: dict[str, Any] = {"paths": getattr(found, side), "simulated": source.simulated}
    people = found.people if side == "randomised" else found.followers
    caption = (words.counted(people, source.is_filtered), words.BOTH_CAPTION, words.FEW_LEFT_OUT)
    followed = regime_words.FOLLOWED.format(followers=found.followers, people=found.people)
    told = (followed, *source.of_model) if side == "regime" else (words.data_line(source.trial.info.name),)
    return Slide(
        f"both_{side}", words.BOTH[side], caption, (regime_words.NOT_BY_TREATMENT,), describe_paths(**given),
        source.simulated, build=partial(build_paths, **given), fit=fits.paths,
        details=(regime_words.FEW_NOTE, arm_key(SINGLE_ARMS), *told),
    )  # fmt: skip


def for_whom(source: Source) -> Slide | None:
    """What goes with more benefit from the treatment for which most is known of it."""
    found = effect_modification(source.model, source.preferences, horizon=source.horizon)
    if not found.modifiers:
        return None
    treatment = found.modifiers[0].treatment
    given: dict[str, Any] = {
        "modification": found, "treatment": treatment, "companions": {},
        "simulated": source.simulated, "most": _MODIFIERS,
    }  # fmt: skip
    title = words.FOR_WHOM.format(treatment=TREATMENTS[treatment].name)
    caption = (words.counted(found.people[treatment], source.is_filtered), words.INTERVAL, *source.aim)
    return Slide(
        "for_whom", title, caption, found.notes, describe_modifiers(**given), source.simulated,
        build=partial(build_modifiers, **given), fit=fits.rows, details=(words.FOR_WHOM_DETAILS, *source.of_model),
    )  # fmt: skip


def one_patient(source: Source) -> Slide | None:
    """Options of a representative patient with the chance of being best."""
    if not source.representatives or not wording.ranked(source.advice):
        return None
    given: dict[str, Any] = {"advice": source.advice}
    return Slide(
        "one_patient", words.ONE_PATIENT, _of_typical(source), (wording.headline(source.advice),),
        describe_options(**given), source.simulated, build=partial(build_options, **given),
        fit=partial(fits.rows, label=36), details=(_typical(source), *source.of_model),
    )  # fmt: skip


def why(source: Source) -> Slide | None:
    """What speaks for the best option of that patient and what for the next."""
    if not source.representatives:
        return None
    found = source.model.contributions(source.patient, source.preferences)
    if found is None:
        return None
    parts = [part for part in found.parts if part.feature not in CONTRAINDICATION_COLUMNS.values()]
    labels = {
        part.feature: f"{input_label(part.feature)}: {shown(part.feature, part.value)} "
        f"{unit_of(part.feature, part.value)}".rstrip()
        for part in parts[:_REASONS]
        if part.value is not None
    }
    given: dict[str, Any] = {"advice": source.advice, "contributions": found.to_dict(), "labels": labels}
    return Slide(
        "why", words.WHY, _of_typical(source), (), describe_reasons(**given), source.simulated,
        build=partial(build_reasons, **given), fit=partial(fits.rows, label=38),
        details=(wording.REASONS, _typical(source), *source.of_model),
    )  # fmt: skip


def sure(source: Source) -> Slide:
    """How sure the answers are."""
    calibration = source.model.calibration
    covered = "" if calibration.after is None else words.covered(calibration.after)
    certainty = wording.CERTAINTY if calibration.conditions else words.NOT_COVERED
    points = tuple(text for text in (_apart(source), words.MEANING, covered, certainty) if text)
    notes = (*points, *([f"Calibration: {calibration.conditions}."] if calibration.conditions else []))
    return Slide(
        "sure", words.SURE, source.aim, notes, simulated=source.simulated, points=points, details=source.of_model
    )


def preferences(source: Source) -> Slide | None:
    """Which option ranks first under which preferences."""
    outcomes = source.model.outcome_codes
    corners = tuple(dict.fromkeys(code for code in (*_CORNERS, *outcomes) if code in outcomes))[:3]
    if len(corners) < 3 or not source.representatives:
        return None
    found = source.model.preference_map(source.patient, corners, source.preferences, points=_POINTS)
    if found is None:
        return None
    names = {arm: wording.option_name({"first": ()}, arm) for arm in found.arms}
    given: dict[str, Any] = {"preference_map": found, "names": names, "simulated": source.simulated}
    notes = (preference_words.map_shares(names.values(), found.shares), preference_words.MAP)
    people = words.typical_of(source.representatives[0].people)
    caption = (people, words.NO_INTERVAL, words.benefit(source.horizon), *source.aim[1:])
    details = (_typical(source), preference_words.map_others(found.others), *source.of_model[1:])
    return Slide(
        "preferences", words.PREFERENCES, caption, notes, describe_preference_map(**given), source.simulated,
        build=partial(build_preference_map, **given), fit=fits.preference_map,
        details=details,
    )  # fmt: skip


def lasting(source: Source) -> Slide:
    """Week 24 against week 36."""
    found = ask_lasting(source.model, source.trial, "peg", source.preferences, horizon=source.horizon)
    given: dict[str, Any] = {"lasting": found, "simulated": source.simulated}
    people = words.counted(found.people, source.is_filtered)
    caption = (people, words.INTERVAL, words.BOTH_WEEKS, words.FLATTERED, *source.aim[1:])
    details = (words.with_any_choice(found.people), *source.of_model)
    return Slide(
        "lasting", words.LASTING, caption, (*found.notes, *found.left_out), describe_lasting(**given),
        source.simulated, build=partial(build_lasting, **given), fit=fits.lasting, details=details,
    )  # fmt: skip


def _apart(source: Source) -> str:
    """For how many people options cannot be told apart; empty where the count is not shown."""
    one = source.recommended.several[1].value
    return "" if one is None or not source.recommended.people else words.told_apart(one, source.recommended.people)


def _of_typical(source: Source) -> tuple[str, ...]:
    """Caption of what holds for one representative patient."""
    return words.typical_of(source.representatives[0].people), words.INTERVAL, *source.aim


def _typical(source: Source) -> str:
    one = source.representatives[0]
    return words.typical(one.name, one.text, one.people, source.model.info.simulated)


def _without_singles(judged: Evaluation) -> Evaluation:
    """The evaluation without the four single treatments: the best of them is enough for a slide."""
    return replace(judged, values=tuple(each for each in judged.values if not each.judged.regime.startswith(SINGLE)))
