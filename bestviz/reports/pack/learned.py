"""What the model says: who gets what, what regimes are worth, for whom, and whether it lasts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bestviz.advice.evaluation_assigned import recommended
from bestviz.advice.evaluation_text import method, verdict
from bestviz.advice.lasting import lasting_all
from bestviz.advice.lasting_result import REGIME
from bestviz.advice.lasting_tables import lasting_table
from bestviz.advice.responders import companions, effect_modification, fairness
from bestviz.advice.responders.tables import group_table, modifier_table
from bestviz.figures.lasting import build_fading, build_lasting, describe_fading, describe_lasting
from bestviz.figures.regimes.paths import (
    build_firsts,
    build_paths,
    describe_firsts,
    describe_paths,
    firsts_table,
    paths_table,
)
from bestviz.figures.regimes.values import build_values, describe_values, values_table
from bestviz.figures.responding.groups import build_groups, describe_groups
from bestviz.figures.responding.modifiers import build_modifiers, describe_modifiers
from bestviz.regime.judging.regimes import BEST_FIXED
from bestviz.reports.pack.item import Asked, Item, figure
from bestviz.trial import MEASURES, TREATMENTS
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import pack as words
from bestviz.wording import regimes as regime_words
from bestviz.wording import responding as responding_words
from bestviz.wording import slides as slide_words


def firsts(asked: Asked) -> Iterator[Item]:
    """First treatments, recommended against as randomised."""
    found = recommended(asked.model, asked.trial, asked.wishes)
    yield figure(
        asked.expected, "first-treatments", "First treatments, recommended and as randomised", build_firsts,
        describe_firsts, {"recommended": found, "simulated": asked.simulated}, firsts_table(found), words.COUNTED,
        regime_words.FIRST_NOTE,
    )  # fmt: skip


def values(asked: Asked) -> Iterator[Item]:
    """Values of regimes and their gain over the best fixed plan: figures of week 24, a table of every week."""
    evaluation = asked.values
    if evaluation is None:
        return
    how = (method(evaluation), regime_words.VALUE, *evaluation.warnings)
    offered = list(dict.fromkeys((each.outcome, each.week) for each in evaluation.values))
    for code, week in (one for one in offered if one[1] == PRIMARY_WEEK):
        for kind, reference in (("value", None), ("gain", BEST_FIXED)):
            yield figure(
                asked.expected, f"{kind}-{code}-week-{week}",
                f"{regime_words.from_reference(reference)}: {regime_words.outcome(code, week)}", build_values,
                describe_values, {"evaluation": evaluation, "outcome": code, "week": week, "reference": reference},
                values_table(evaluation, code, week), regime_words.measure_line(code), verdict(evaluation), *how,
            )  # fmt: skip
    tables = []
    for code, week in offered:
        table = values_table(evaluation, code, week)
        table.insert(0, "outcome", regime_words.outcome(code, week))
        tables.append(table)
    if tables:
        caption = asked.expected("Values of regimes: every outcome and week", words.INTERVAL, *how)
        yield Item("values", caption, pd.concat(tables, ignore_index=True))


def both(asked: Asked) -> Iterator[Item]:
    """Both treatments, as randomised and under the learned regime."""
    found = asked.assigned
    if found is None or asked.values is None:
        return
    followed = regime_words.FOLLOWED.format(followers=found.followers, people=found.people)
    for side, paths in (("randomised", found.randomised), ("regime", found.regime)):
        yield figure(
            asked.expected, f"both-{side}", slide_words.BOTH[side], build_paths, describe_paths,
            {"paths": paths, "simulated": asked.simulated}, paths_table(found), words.looked_at(found.people),
            words.COUNTED_TWICE, followed, regime_words.FEW_NOTE, regime_words.NOT_BY_TREATMENT,
        )  # fmt: skip


def modifiers(asked: Asked) -> Iterator[Item]:
    """Predictors of benefit, a figure a treatment; effects in meaningful changes."""
    found, together = effect_modification(asked.model, asked.wishes), companions(asked.model)
    numbers = modifier_table(found)
    for code, people in found.people.items():
        if found.of(code):
            yield figure(
                asked.expected, f"predictors-{code.lower()}",
                f"Who responds to {TREATMENTS[code].name}: weighted outcome, week {PRIMARY_WEEK}", build_modifiers,
                describe_modifiers,
                {"modification": found, "treatment": code, "companions": together, "simulated": asked.simulated},
                numbers[numbers["treatment"] == code], words.looked_at(people), words.INTERVAL, *found.notes,
                *found.left_out,
            )  # fmt: skip


def groups(asked: Asked) -> Iterator[Item]:
    """What personalising adds in each group."""
    found = fairness(asked.model, asked.trial, asked.wishes)
    yield figure(
        asked.expected, "groups", f"What personalising the first treatment adds, by group, week {PRIMARY_WEEK}",
        build_groups, describe_groups, {"fairness": found, "simulated": asked.simulated}, group_table(found),
        words.INTERVAL, found.statement, *found.notes,
    )  # fmt: skip


def lasting(asked: Asked) -> Iterator[Item]:
    """Week 24 against week 36: PEG, and what becomes of every outcome."""
    every = lasting_all(asked.model, asked.trial, asked.wishes)
    if (peg := every.get("peg")) is not None:
        yield figure(
            asked.expected, "lasting-peg", f"Week 24 against week 36: {MEASURES['peg'].name}, change since week 0",
            build_lasting, describe_lasting, {"lasting": peg, "simulated": asked.simulated},
            lasting_table({"peg": peg}), words.looked_at(peg.people), words.INTERVAL, *peg.notes, *peg.left_out,
        )  # fmt: skip
    if every:
        yield figure(
            asked.expected, "fading", "What fades between weeks 24 and 36 under the learned regime", build_fading,
            describe_fading, {"every": every, "arm": REGIME, "simulated": asked.simulated}, lasting_table(every),
            words.looked_at(next(iter(every.values())).people), words.INTERVAL, responding_words.FADES,
        )  # fmt: skip
