"""The case in this browser session: kept over pages and reruns, written nowhere.

Widgets own their values under the keys made here; this module turns them into a `Case` and back. Values that no widget
shows (markers, inputs of another model) are kept beside them, so that opening and saving a file loses nothing. What
belongs to week 12 is in `bestviz.ui.followed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from bestviz.advice.patient import Patient
from bestviz.advice.preferences import PRIMARY_WEIGHTS, Preferences
from bestviz.trial import TREATMENTS
from bestviz.trial.checklists import CONTRAINDICATIONS, contraindications_of
from bestviz.trial.eligibility import asked_criteria
from bestviz.trial.schedule import SECOND_RANDOMISATION_WEEK
from bestviz.ui import followed
from bestviz.ui.case import Case
from bestviz.ui.fields import extras, field_of, offered
from bestviz.ui.shares import WHOLE, Shares

TOP, STEP = WHOLE, 1  # of the importance sliders; they round, the weights in force stay exact until one is moved
KEY_HELD = "weight.held"
_REST, _WEIGHTS, _SHARES, _ASKED = "case.rest", "case.weights", "case.shares", "ask."
_JOIN = "; "


def key_input(name: str) -> str:
    """Key of the widget of one model input."""
    return f"in.{name}"


def key_criterion(criterion: str) -> str:
    """Key of the tick of one entry criterion of the trial."""
    return f"criterion.{criterion}"


def key_contraindication(contraindication: str) -> str:
    """Key of the tick of one contraindication."""
    return f"contra.{contraindication}"


def key_reason(treatment: str) -> str:
    """Key of the reason of a clinician's judgement."""
    return f"reason.{treatment}"


def key_declined(treatment: str) -> str:
    """Key of the tick "the patient declines"."""
    return f"declined.{treatment}"


def key_unavailable(treatment: str) -> str:
    """Key of the tick "not available here"."""
    return f"unavailable.{treatment}"


def key_tried(treatment: str) -> str:
    """Key of how a treatment went that was tried before."""
    return f"tried.{treatment}"


def key_weight(outcome: str) -> str:
    """Key of the importance slider of one outcome."""
    return f"weight.{outcome}"


KEY_HORIZON = "horizon"


def known_inputs(names: Iterable[str]) -> dict[str, Any]:
    """Inputs that are known, by name."""
    values = {name: st.session_state.get(key_input(name)) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def weights() -> dict[str, float]:
    """Preference weights as last set; the trial's primary outcome before that."""
    return dict(st.session_state.get(_WEIGHTS, PRIMARY_WEIGHTS))


def shares() -> dict[str, int]:
    """The weights in force as whole shares of 100."""
    return _shares().whole


def _shares() -> Shares:
    kept: Shares | None = st.session_state.get(_SHARES)
    return kept or Shares.of(weights())


def set_weights(new: Mapping[str, float]) -> None:
    """Set the preference weights of a case that begins: nothing is held, nothing has been asked."""
    forget()
    st.session_state[KEY_HELD] = []
    take_weights(new)


def take_weights(new: Mapping[str, float]) -> None:
    """Put other preference weights in force for the same case; they stay exact until a slider is moved."""
    st.session_state[_WEIGHTS] = Preferences(new).to_dict()
    st.session_state[_SHARES] = Shares.of(st.session_state[_WEIGHTS])


def weights_from_slider(outcome: str, offered: Sequence[str]) -> None:
    """Take the share of one slider; those of the others follow, and the weights in force are what is shown.

    Parameters
    ----------
    outcome : str
        The one that was moved.
    offered : sequence of str
        Outcomes that have a slider.
    """
    held = st.session_state.get(KEY_HELD, ())
    now = _shares().moved(outcome, st.session_state[key_weight(outcome)], offered, held)
    st.session_state[_WEIGHTS], st.session_state[_SHARES] = Preferences(now.whole).to_dict(), now


def forget() -> None:
    """Forget a ranking and the answers to questions: they belong to one patient."""
    for key in [key for key in st.session_state if str(key).startswith(_ASKED)]:
        del st.session_state[key]


def exclusions() -> tuple[str, ...]:
    """Ids of the ticked entry criteria."""
    return tuple(c.id for c in asked_criteria() if st.session_state.get(key_criterion(c.id)))


def contraindicated() -> dict[str, str]:
    """Contraindicated treatments with the reasons ticked or written."""
    reasons = {code: [r for c in contraindications_of(code) if (r := _ticked(c.id))] for code in TREATMENTS}
    return {code: _JOIN.join(found) for code, found in reasons.items() if found}


def _ticked(contraindication: str) -> str:
    one = CONTRAINDICATIONS[contraindication]
    if not st.session_state.get(key_contraindication(contraindication)):
        return ""
    if not one.needs_reason:
        return one.label
    return (st.session_state.get(key_reason(one.treatment)) or "").strip() or "clinician's judgement"


def tried() -> dict[str, str]:
    """Treatments tried before -> how it went."""
    return {code: went for code in TREATMENTS if (went := st.session_state.get(key_tried(code)))}


def case(inputs: Iterable[str], week: int = 0) -> Case:
    """The case as the widgets say it.

    Parameters
    ----------
    inputs : iterable of str
        Model inputs that have a widget.
    week : {0, 12}
        The point of decision that is asked about.

    Raises
    ------
    PatientError
        When the values together are impossible, or no first treatment is chosen at week 12.
    """
    names, rest = offered(inputs), st.session_state.get(_REST, {})
    patient = Patient.from_dict(
        {
            "week": week,
            "baseline": {k: v for k, v in rest.get("baseline", {}).items() if k not in names} | known_inputs(names),
            "contraindicated": contraindicated(),
            "declined": _reasons("declined", key_declined),
            "unavailable": _reasons("unavailable", key_unavailable),
            "horizon": st.session_state.get(KEY_HORIZON) or 24,
            "deep": rest.get("deep", {}),
            **(followed.values() if week else {}),
        },
        extra_inputs=extras([*names, *rest.get("baseline", {})]),
    )
    return Case(patient, Preferences(weights()), exclusions(), tried())


def whole_case(inputs: Iterable[str]) -> Case:
    """The case with everything that was entered, to be saved: of week 12 where a first treatment is chosen."""
    return case(inputs, week=SECOND_RANDOMISATION_WEEK if followed.has_begun() else 0)


def _reasons(part: str, key: Any) -> dict[str, str]:
    kept = st.session_state.get(_REST, {}).get(part, {})
    return {code: kept.get(code, "") for code in TREATMENTS if st.session_state.get(key(code))}


def put(new: Case, inputs: Iterable[str]) -> None:
    """Set every widget to a case; call it before they are drawn, in a callback."""
    names, patient = offered(inputs), new.patient
    for name in names:
        st.session_state[key_input(name)] = field_of(name).value(patient.baseline.get(name))
    for criterion in asked_criteria():
        st.session_state[key_criterion(criterion.id)] = criterion.id in new.exclusions
    for code in TREATMENTS:
        _put_contraindications(code, patient.contraindicated.get(code))
        st.session_state[key_declined(code)] = code in patient.declined
        st.session_state[key_unavailable(code)] = code in patient.unavailable
        st.session_state[key_tried(code)] = new.tried.get(code)
    followed.put(patient)
    st.session_state[KEY_HORIZON] = patient.horizon
    st.session_state[_REST] = {
        "baseline": {k: v for k, v in patient.baseline.items() if k not in names},
        "deep": dict(patient.deep),
        "declined": dict(patient.declined),
        "unavailable": dict(patient.unavailable),
    }
    set_weights(new.preferences.weights)


def _put_contraindications(treatment: str, reason: str | None) -> None:
    """Tick what the reason names; what no checklist knows becomes the clinician's own reason."""
    left = [part.strip() for part in (reason or "").split(_JOIN) if part.strip()]
    for one in contraindications_of(treatment):
        if not one.needs_reason:
            st.session_state[key_contraindication(one.id)] = one.label in left
            left = [part for part in left if part != one.label]
    for one in contraindications_of(treatment):
        if one.needs_reason:
            st.session_state[key_contraindication(one.id)] = bool(left) or reason == ""
            st.session_state[key_reason(treatment)] = _JOIN.join(left)
