"""Edit the response rule and the meaningful changes, with what they alter beside them."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from bestviz import wording
from bestviz.data import Trial, Validation
from bestviz.trial import DEFAULT_RESPONSE_RULE, MEASURES, WEIGHTABLE, Measure, ResponseRule
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.ui import trials
from bestviz.ui.data.effects import classes_moved, measures_with, share_improved
from bestviz.ui.tables import measure_html, table_html
from bestviz.wording import data as words

_CHANGES, _FAULT, _OWN = "data.changes", "rule.fault", "rule.own"


def changes() -> dict[str, float]:
    """Meaningful changes that differ from the trial's, by outcome, in its unit."""
    return dict(st.session_state.get(_CHANGES, {}))


def draw_rules() -> None:
    """Draw both, where there are data to see what they alter in."""
    found = trials.examined()
    if found is None:
        st.info(words.NO_DATA)
        return
    if found.trial is None and trials.rule() is None:
        st.info(words.FAULTY_DATA)
        return
    _draw_rule(found)
    if found.trial is not None:
        _draw_changes(found.trial)


# -- response rule ----------------------------------------------------------------------------------------------------


def _draw_rule(found: Validation) -> None:
    st.subheader("Response rule at week 12")
    st.caption(words.RULE_NOTE)
    own = _own_rule(found)
    _show(trials.rule() or own)
    for column, (name, label) in zip(st.columns(4), words.CUT_OFFS.items(), strict=True):
        with column, st.container(key=f"tall.{name}"):
            low, high = (1, 100) if name == "excellent_fall" else (0, 7)
            st.number_input(label, low, high, step=1, key=f"rule.{name}", on_change=_take_rule, args=(own,))
    if fault := st.session_state.get(_FAULT):
        st.error(fault)
    st.write(words.rule_text(trials.rule() or own))
    if trials.rule() is not None:
        st.button("Back to the data's own rule", key="rule.reset", on_click=_reset_rule)
    if found.trial is None:
        errors = words.counted(len(found.errors), "error")
        st.error(f"Under this rule the data have {errors}: {found.errors[0].message} All of them stand under Data.")
        return
    _draw_classes(found.trial, own)


def _own_rule(found: Validation) -> ResponseRule:
    """The data set's own rule, whatever rule is in force."""
    if trials.rule() is None and found.trial is not None:
        st.session_state[_OWN] = found.trial.info.response_rule
    kept: ResponseRule = st.session_state.get(_OWN, DEFAULT_RESPONSE_RULE)
    return kept


def _show(rule: ResponseRule) -> None:
    """Put a rule into the fields, unless they hold a faulty one that is being mended."""
    if not st.session_state.get(_FAULT):
        for name, value in rule.to_dict().items():
            st.session_state[f"rule.{name}"] = round(100 * value) if name == "excellent_fall" else int(value)


def _take_rule(own: ResponseRule) -> None:
    values = {name: st.session_state[f"rule.{name}"] for name in words.CUT_OFFS}
    try:
        rule = ResponseRule(**values | {"excellent_fall": values["excellent_fall"] / 100})
    except ValueError:
        st.session_state[_FAULT] = words.FAULTY_RULE
        return
    st.session_state[_FAULT] = ""
    trials.use_rule(None if rule == own else rule)


def _reset_rule() -> None:
    st.session_state[_FAULT] = ""
    trials.use_rule(None)


def _draw_classes(trial: Trial, own: ResponseRule) -> None:
    before = replace(trial, info=replace(trial.info, response_rule=own))
    moved, people = classes_moved(before, trial), len(trial)
    origin = words.carried(moved.recorded, moved.differing, moved.judged, moved.unknown)
    st.markdown(f"**{words.moved(moved.changed, people)}** {origin}")
    rows = (
        [name.capitalize(), *(f"{counts[name]:,} ({wording.of_100(counts[name] / people)})" for counts in both)]
        for name in moved.before
        for both in [(moved.before, moved.after)]
    )
    heads = ["Response class", "With the data's own rule", "With the rule in force"]
    st.html(table_html("People by response class at week 12", heads, rows))
    _note(trial)


def _note(trial: Trial) -> None:
    if trial.info.simulated:
        st.caption(f"{wording.SIMULATED}.")


# -- meaningful changes -----------------------------------------------------------------------------------------------


def _draw_changes(trial: Trial) -> None:
    st.subheader("Meaningful changes")
    st.caption(words.CHANGES_NOTE)
    known = [MEASURES[code] for code in WEIGHTABLE]
    with st.expander("Edit meaningful changes", key="group.changes"):
        for start in range(0, len(known), 3):
            for column, measure in zip(st.columns(3), known[start : start + 3], strict=False):
                with column:
                    _draw_change(measure)
        if changes():
            st.button("Back to the usual meaningful changes", key="change.reset", on_click=_reset_changes)
    now = measures_with(changes())
    rows = ([measure_html(measure), *_altered(trial, measure, now[measure.code])] for measure in known)
    heads = [
        "Outcome and its unit", "Usual", "In force", "One unit of it weighs",
        f"Improved by week {PRIMARY_WEEK}: by the usual one", "By the one in force",
    ]  # fmt: skip
    st.html(table_html("Smallest change that matters, and what another one alters", heads, rows))
    _note(trial)


def _draw_change(measure: Measure) -> None:
    factor = 100 if measure.binary else 1
    key = f"change.{measure.code}"
    st.session_state[key] = float(factor * changes().get(measure.code, measure.meaningful_change))
    most = factor * (measure.maximum - measure.minimum)
    st.number_input(
        words.changed_label(measure), 0.1, float(most), step=5.0 if measure.binary else 0.5, format="%.2f", key=key,
        on_change=_take_change, args=(measure, factor), help=f"Usual: {measure.meaningful_source}.",
    )  # fmt: skip


def _take_change(measure: Measure, factor: int) -> None:
    value = round(st.session_state[f"change.{measure.code}"] / factor, 6)
    others = {code: change for code, change in changes().items() if code != measure.code}
    st.session_state[_CHANGES] = others if value == measure.meaningful_change else others | {measure.code: value}


def _reset_changes() -> None:
    st.session_state[_CHANGES] = {}


def _altered(trial: Trial, default: Measure, now: Measure) -> list[str]:
    return [
        _size(default), _size(now), words.weighs(now, default),
        words.improved(share_improved(trial, default)), words.improved(share_improved(trial, now)),
    ]  # fmt: skip


def _size(measure: Measure) -> str:
    if measure.binary:
        return wording.amount(measure, measure.meaningful_change, signed=False)
    return f"{measure.meaningful_change:g} {wording.unit(measure)}"
