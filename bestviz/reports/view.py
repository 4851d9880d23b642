"""One advice as a hand-out reads it, at week 0 or 12, with the patient it is for and the day it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import isclose
from typing import Any

from bestviz import wording
from bestviz.advice.patient import Patient
from bestviz.advice.patient_checks import BASELINE_KEYS
from bestviz.advice.preferences import Preferences
from bestviz.errors import PatientError, PreferenceError
from bestviz.trial import MEASURES, SINGLE_ARMS, TREATMENTS, treatments_of
from bestviz.trial.checklists import Caution, cautions_for

_LONGEST = 160  # characters of a reason that somebody wrote


@dataclass(frozen=True)
class View:
    """What a hand-out is made of.

    Attributes
    ----------
    advice : mapping
        What `recommend --json` prints; at week 12 also the first arm, as `first_arm`, for the words.
    patient : Patient
    exclusions : tuple of str
        Ids of the trial's entry criteria that were answered against taking part.
    tried : mapping of str to str
        Treatment tried before -> how it went, a key of `bestviz.wording.case.TRIED`.
    today : date
        Day on the hand-out.
    """

    advice: Mapping[str, Any]
    patient: Patient
    exclusions: tuple[str, ...]
    tried: Mapping[str, str]
    today: date

    @property
    def week(self) -> int:
        """Week of the decision: 0 or 12."""
        return self.patient.week

    @property
    def simulated(self) -> bool:
        """Whether the data behind the model are simulated."""
        return bool(self.advice["model"]["simulated"])

    @property
    def best(self) -> str | None:
        """The arm that ranks first."""
        return wording.best(self.advice)

    @property
    def date(self) -> str:
        """The day in words: `22 November 2026`."""
        return f"{self.today.day} {self.today:%B %Y}"

    @property
    def horizon_week(self) -> int:
        """The week whose numbers stand out: 36 where the benefit counts then, else 24."""
        return wording.usual_week(self.advice)

    @cached_property
    def options(self) -> list[Mapping[str, Any]]:
        """Options that are possible, best first."""
        return wording.ranked(self.advice)

    @property
    def by_response(self) -> Sequence[Mapping[str, Any]]:
        """At week 12 with an unknown class: the answer for each class."""
        return self.advice.get("by_response", ())

    @property
    def plan(self) -> Sequence[Mapping[str, Any]]:
        """What to do at week 12 after the option that ranks first; empty at week 12 or where none does."""
        return self.advice.get("plan", ()) if self.best else ()

    def row(self, arm: str, outcome: str, week: int) -> Mapping[str, Any] | None:
        """The row of the outcome table; None where there is none."""
        return wording.outcome_row(self.advice, arm, outcome, week)

    def outcomes(self, arm: str) -> list[str]:
        """Outcomes of the table for one arm, in the order of measures."""
        found = {row["outcome"] for row in self.advice["outcomes"] if row["arm"] == arm}
        return [code for code in MEASURES if code in found]

    def courses(self, arms: Iterable[str], outcome: str = "peg") -> dict[str, list[Mapping[str, Any]]]:
        """Arm -> rows of its course in the order of weeks; single treatments first, in their fixed order."""
        wanted = sorted(arms, key=lambda arm: SINGLE_ARMS.index(arm) if arm in SINGLE_ARMS else len(SINGLE_ARMS))
        rows = {
            arm: sorted(
                (r for r in self.advice["trajectories"] if (r["arm"], r["outcome"]) == (arm, outcome)),
                key=lambda r: r["week"],
            )
            for arm in wanted
        }
        return {arm: found for arm, found in rows.items() if found}

    def start(self, outcome: str = "peg") -> float | None:
        """The value at week 0: as entered, else as expected; None where neither is known."""
        known = self.patient.baseline.get(outcome)
        if known is not None:
            return float(known)
        expected = (r["mean"] for r in self.advice["trajectories"] if r["outcome"] == outcome and r["week"] == 0)
        return next(expected, None)

    @property
    def has_difference(self) -> bool:
        """Whether enhanced self-care is there to compare with."""
        return any(row["difference_from_esc"] is not None for row in self.advice["outcomes"])

    def refused(self) -> dict[str, list[str]]:
        """Reason -> arms that are not possible for it."""
        reasons: dict[str, list[str]] = {}
        for option in wording.refused(self.advice):
            reasons.setdefault(shortened(option["reason"] or "not allowed"), []).append(option["arm"])
        return reasons

    def excluded(self) -> dict[str, str]:
        """Treatment -> why this patient cannot have it, shortened."""
        return {code: shortened(reason) for code, reason in self.patient.excluded.items()}

    def mentions(self, treatment: str) -> bool:
        """Whether a treatment is among the options or the steps of the plan."""
        arms = [option["arm"] for option in self.options] + [step["arm"] for step in self.plan]
        arms += [arm for answer in self.by_response for arm in answer["near_equal"]]
        return any(treatment in treatments_of(arm) for arm in arms if arm)

    def cautions(self) -> list[tuple[str, Caution]]:
        """What to ask or check, with the treatment: of all options and steps, and on leaving one."""
        known, found = dict(self.patient.baseline), []
        for code in TREATMENTS:
            usual = cautions_for(code, known) if self.mentions(code) else ()
            leaving = cautions_for(code, known | {"stopping": True}) if self._may_be_left(code) else ()
            found += [(code, caution) for caution in dict.fromkeys((*usual, *leaving))]
        return found

    def _may_be_left(self, treatment: str) -> bool:
        """Whether the patient has it, or would start with it, and an option or step goes on without it."""
        had = self.best if self.week == 0 else self.patient.first_arm
        arms = [step["arm"] for step in self.plan] if self.week == 0 else [o["arm"] for o in self.options]
        arms += [arm for answer in self.by_response for arm in answer["near_equal"]]
        stopped = bool(self.patient.stopped_first)
        without = any(treatment not in treatments_of(arm) for arm in arms if arm)
        return treatment in treatments_of(had or "") and (stopped or without)


def view_of(
    advice: Mapping[str, Any],
    patient: Patient | Mapping[str, Any],
    preferences: Preferences | Mapping[str, float] | None = None,
    *,
    exclusions: Sequence[str] = (),
    tried: Mapping[str, str] | None = None,
    today: date | None = None,
) -> View:
    """Bring an advice and its patient together.

    Parameters
    ----------
    advice : mapping
        `Recommendation.to_dict()`, of week 0 or 12.
    patient : Patient or mapping
        Whom the advice is for.
    preferences : Preferences or mapping, optional
        What matters; has to be what the advice was made with.
    exclusions : sequence of str
        Ids of the trial's entry criteria answered against taking part.
    tried : mapping of str to str, optional
        Treatment tried before -> how it went, a key of `bestviz.wording.case.TRIED`.
    today : date, optional
        Day on the hand-out; today if left out.

    Raises
    ------
    PatientError
        The patient is described wrongly, or at another week than the advice.
    PreferenceError
        The preferences are not those of the advice.
    """
    whom = patient if isinstance(patient, Patient) else _patient(patient)
    week = wording.week_of(advice)
    if week != whom.week:
        raise PatientError(
            f"Hand-out: the advice is for week {week}, the patient is described at week {whom.week}; "
            "ask for the advice again."
        )
    _check(advice["preferences"], preferences)
    told = {**advice, "first_arm": whom.first_arm} if week else advice
    return View(told, whom, tuple(exclusions), tried or {}, today or date.today())


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A text that somebody wrote, at most so many characters long and in one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _patient(given: Mapping[str, Any]) -> Patient:
    """A patient from a file that the model has accepted, its own further inputs included."""
    baseline = given.get("baseline") if isinstance(given, Mapping) else None
    return Patient.from_dict(given, [name for name in baseline or () if name not in BASELINE_KEYS])


def _check(used: Mapping[str, float], given: Preferences | Mapping[str, float] | None) -> None:
    if given is None:
        return
    weights = (given if isinstance(given, Preferences) else Preferences.from_dict(given)).to_dict()
    if weights.keys() != used.keys() or not all(isclose(weights[k], used[k], abs_tol=1e-9) for k in used):
        raise PreferenceError("Hand-out: the preferences are not those of the advice; ask for the advice again.")
