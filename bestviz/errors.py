"""Every error that BestViz raises on purpose, one class a kind of failure.

A message is one clear sentence: what is wrong, where, and what to do about it. It never holds a patient's data beyond
the single value that is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bestviz.data.problems import Problem


class BestVizError(Exception):
    """Base of all errors that BestViz raises on purpose."""


class DataError(BestVizError):
    """A data set breaks the rules of the format; `problems` lists every finding, warnings included."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class InputError(BestVizError):
    """A patient file, preferences file or argument is wrong; `messages` names each fault in one sentence."""

    def __init__(self, messages: str | Sequence[str]) -> None:
        self.messages = (messages,) if isinstance(messages, str) else tuple(messages)
        super().__init__(" ".join(self.messages))


class PatientError(InputError):
    """The description of a patient is impossible, incomplete or cannot be read."""


class PreferenceError(InputError):
    """The preference weights are negative, all zero, or name an unknown outcome."""


class RegimeError(InputError):
    """The tables given to a regime cannot be learned from, or a question cannot be answered by it."""


class ModelFileError(BestVizError):
    """A model file is missing, damaged, foreign, or was made by an incompatible version."""
