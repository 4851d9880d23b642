"""The README of a pack: what it was made of, how to make it again, and what is in it."""

from __future__ import annotations

import platform
import shlex
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING

import bestviz
from bestviz import wording
from bestviz.regime.judging.regimes import TREE
from bestviz.wording import cohort as cohort_words
from bestviz.wording import pack as words

if TYPE_CHECKING:
    from bestviz.reports.pack.item import Asked, Item

LIBRARIES = ("numpy", "pandas", "scikit-learn", "plotly", "kaleido")
WEIGHTS = "weights.json"
WITH_TREE, WITHOUT_TREE = "with-tree", "without-tree"  # whether the readable tree is judged too


def readme(asked: Asked, files: Mapping[str, Sequence[str]], left_out: Sequence[str], how: str) -> str:
    """The README.

    Parameters
    ----------
    asked : Asked
    files : mapping of str to sequence of str
        Title -> paths inside the pack.
    left_out : sequence of str
        Sentences on what the pack does not hold.
    how : str
        In which form figures are.
    """
    parts = [
        f"{words.TITLE}\n{'=' * len(words.TITLE)}",
        f"{wording.SIMULATED}." if asked.simulated else "",
        how,
        _facts(asked),
        "" if asked.belongs else words.APART,
        cohort_words.SMALL_LIMIT,
        f"To make it again\n----------------\n{words.AGAIN}\n\n    {command(asked)}",
        "Contents\n--------\n" + "\n".join(f"- {title}: {', '.join(paths)}" for title, paths in files.items()),
        "Left out\n--------\n" + "\n".join(f"- {line}" for line in left_out) if left_out else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def command(asked: Asked) -> str:
    """The command that makes the pack again."""
    chosen = [(f"--{name}", value) for name, values in asked.filters.chosen.items() for value in values]
    parts = ["python", "-m", "bestviz.reports.pack", "--data", "DATA", "--model", f"models/{asked.model.name}"]
    parts += ["--preferences", WEIGHTS, *(part for pair in chosen for part in pair)]
    if asked.values is not None:
        tree = any(each.judged.regime == TREE for each in asked.values.values)
        parts += ["--evaluate", WITH_TREE if tree else WITHOUT_TREE]
    return shlex.join([*parts, "--out", "pack.zip"])


def captions(items: Sequence[Item]) -> str:
    """Caption and alternative text of every figure and table."""
    parts = []
    for item in items:
        lines = [item.key, item.caption.title, *item.caption.notes]
        lines += [f"Alternative text: {item.caption.alt}"] if item.caption.alt else []
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _facts(asked: Asked) -> str:
    info, data = asked.model.info, asked.trial.info
    facts = {
        "Data": f"{data.name}, {len(asked.trial)} people",
        "Description": data.description,
        "Digest of the data (SHA-256)": asked.trial.digest,
        "People shown": f"{cohort_words.people_line(asked.cohort)}; {cohort_words.filter_line(asked.filters)}",
        "Model": f"{asked.model.name}, digest {asked.model.digest}",
        "Fitted": f"{info.created} with BestViz {info.version}, on {info.trained_on}, {info.participants} people",
        "Digest of its data (SHA-256)": info.data_digest,
        "Method": f"learner {info.learner}, {info.replicates} replicates, seed {info.seed}",
        "Aim of the regime": words.aim(asked.wishes.to_dict()),
        "Made with": f"BestViz {bestviz.__version__}, Python {platform.python_version()}, {_versions()}",
    }
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)


def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
