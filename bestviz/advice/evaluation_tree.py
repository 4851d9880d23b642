"""The readable rule in a reader's words, with what it costs and how often it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from bestviz.advice.evaluation import TrialJudge
from bestviz.advice.fitting import Progress
from bestviz.advice.inputs import input_label
from bestviz.advice.preferences import Preferences
from bestviz.advice.threads import one_thread
from bestviz.errors import InputError
from bestviz.regime.judging.grown_tree import Stage
from bestviz.regime.judging.regimes import LEARNED, TREE
from bestviz.regime.judging.scored import Scored
from bestviz.regime.judging.tree import FIRST_ARM, INTERIM_PREFIX
from bestviz.regime.judging.values import Estimate, estimates
from bestviz.regime.trees import Cut, Leaf, Split, Stability
from bestviz.trial import COLUMNS, MEASURES, TREATMENTS, arm_name
from bestviz.trial.schedule import PRIMARY_WEEK
from bestviz.wording import category


@dataclass(frozen=True)
class Answer:
    """A leaf.

    Attributes
    ----------
    option : str
        First arm, or move: `continue`, `add X`, `switch to X`.
    people : int
        Participants who reach it.
    allowed : float
        Share of them who may have the option.
    utility : Estimate
        Their improvement from week 0 in meaningful changes, with what they get; flattered by the search.
    """

    option: str
    people: int
    allowed: float
    utility: Estimate


@dataclass(frozen=True)
class Question:
    """A question, and what follows.

    Attributes
    ----------
    about : str
        What is asked about, as a reader knows it.
    true, otherwise : str
        The two sides in words, as they stand after "is".
    unknown : str
        The side that counts where the value is not known.
    if_true, if_otherwise : Question or Answer
    """

    about: str
    true: str
    otherwise: str
    unknown: str
    if_true: Question | Answer
    if_otherwise: Question | Answer


@dataclass(frozen=True)
class Rule:
    """The rule of one stage.

    Attributes
    ----------
    root : Question or Answer
    instead : tuple of str
        Options in the order in which they replace one that is not possible.
    swaps : bool
        Whether, before that, the same treatment is switched to where it cannot be added, and the other way round.
    people : int
        Participants from whom it was learned.
    stability : Stability
    asked_first : mapping of str to float
        What is asked first in samples drawn anew, as a share of them, most frequent first.
    """

    root: Question | Answer
    instead: tuple[str, ...]
    swaps: bool
    people: int
    stability: Stability
    asked_first: Mapping[str, float]


@dataclass(frozen=True)
class ReadableTree:
    """A readable two-stage rule.

    Attributes
    ----------
    first, second : Rule
    cost : Estimate
        What rules learned in this way are worth beyond the learned regime, in meaningful changes: below 0 is a loss.
    """

    first: Rule
    second: Rule
    cost: Estimate


def judge_tree(
    judge: TrialJudge,
    preferences: Preferences | Mapping[str, float] | None = None,
    horizon: int | str = PRIMARY_WEEK,
    progress: Progress | None = None,
) -> tuple[Scored, ReadableTree]:
    """Judge the readable tree beside the other regimes, and learn the one that is shown: all in one go.

    Raises
    ------
    PreferenceError
        The data have too few values of a weighted outcome.
    """
    if progress is not None:
        progress(0, 2, "Judging the readable tree")
    scored = judge.scored(preferences, horizon)
    if progress is not None:
        progress(1, 2, "Judging the readable tree")
    return scored, readable_tree(judge, scored, preferences, horizon)


def readable_tree(
    judge: TrialJudge,
    scored: Scored,
    preferences: Preferences | Mapping[str, float] | None = None,
    horizon: int | str = PRIMARY_WEEK,
) -> ReadableTree:
    """Learn the rule that is shown.

    Parameters
    ----------
    judge : TrialJudge
    scored : Scored
        Of the same preferences and horizon, with the tree.

    Raises
    ------
    InputError
        `scored` lacks the tree, or preferences that cannot be used.
    """
    if TREE not in scored.scores:
        raise InputError("The scores do not hold the readable tree; score with the tree first.")
    with one_thread():
        grown = judge.judge.tree(judge.weights(preferences, horizon))
    level = judge.start_level(preferences)
    return ReadableTree(_rule(grown.first, level), _rule(grown.second, level), scored.difference(TREE, LEARNED))


def option_words(option: str) -> str:
    """A first arm or a move in words: `duloxetine`, `add duloxetine`, `continue`."""
    for verb in ("add ", "switch to "):
        if option.startswith(verb):
            return verb + arm_name(option.removeprefix(verb))
    return arm_name(option) if option.split("+")[0] in TREATMENTS else option


def _rule(stage: Stage, level: pd.Series) -> Rule:
    gained = stage.payoff - level.loc[stage.payoff.index]
    leaves = iter([_answer(leaf, gained.loc[members]) for leaf, members in stage.members])
    roots = {_label(name) if name != "none" else "nothing": share for name, share in stage.stability.roots.items()}
    fallback = stage.tree.fallback
    return Rule(
        root=_read(stage.tree.root, leaves),
        instead=fallback.ranking,
        swaps=bool(fallback.alternatives),
        people=len(stage.features),
        stability=stage.stability,
        asked_first=roots,
    )


def _answer(leaf: Leaf, gained: pd.Series) -> Answer:
    return Answer(leaf.option, len(gained), leaf.allowed, estimates(gained.to_numpy()[None, :, None])[0])


def _read(node: Split | Leaf, leaves: Iterator[Answer]) -> Question | Answer:
    if isinstance(node, Leaf):
        return next(leaves)
    true, otherwise = node.cut.sides(_levels(node.cut))
    first = _read(node.true, leaves)
    return Question(
        _label(node.cut.feature), true, otherwise, true if node.cut.missing else otherwise, first,
        _read(node.otherwise, leaves),
    )  # fmt: skip


def _label(feature: str) -> str:
    if feature == FIRST_ARM:
        return "First treatment"
    unit = _unit(feature.removeprefix(INTERIM_PREFIX))
    return f"{input_label(feature)}, {unit}" if unit else input_label(feature)


def _unit(name: str) -> str:
    unit = MEASURES[name].unit if name in MEASURES else COLUMNS[name].unit if name in COLUMNS else ""
    return "" if unit in ("yes/no", "category", "score") else unit


def _levels(cut: Cut) -> dict[str, str]:
    """Texts of categories; ordered ones stand as their rank, treatments as their code."""
    name = cut.feature.removeprefix(INTERIM_PREFIX)
    if name == FIRST_ARM:
        return {code: treatment.name for code, treatment in TREATMENTS.items()}
    column = COLUMNS.get(name)
    if column is None or name in MEASURES:
        return {}
    ranks = {f"{rank}": category(value) for rank, value in enumerate(column.values)} if column.ordered else {}
    return ranks | {value: category(value) for value in column.values}
