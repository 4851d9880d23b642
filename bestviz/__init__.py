"""BestViz: decision support for the BEST trial. The public names, loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bestviz.advice.fitting import fit
    from bestviz.advice.model import FittedModel, load_model
    from bestviz.advice.patient import Patient
    from bestviz.advice.preferences import Preferences
    from bestviz.advice.recommendation import Recommendation
    from bestviz.data import Trial, load_trial, simulate_trial, validate, write_trial
    from bestviz.errors import BestVizError

__version__ = "0.1.0"

_HOMES = {
    "BestVizError": "bestviz.errors",
    "FittedModel": "bestviz.advice.model",
    "Patient": "bestviz.advice.patient",
    "Preferences": "bestviz.advice.preferences",
    "Recommendation": "bestviz.advice.recommendation",
    "Trial": "bestviz.data",
    "fit": "bestviz.advice.fitting",
    "load_model": "bestviz.advice.model",
    "load_trial": "bestviz.data",
    "simulate_trial": "bestviz.data",
    "validate": "bestviz.data",
    "write_trial": "bestviz.data",
}

__all__ = [
    "BestVizError",
    "FittedModel",
    "Patient",
    "Preferences",
    "Recommendation",
    "Trial",
    "fit",
    "load_model",
    "load_trial",
    "simulate_trial",
    "validate",
    "write_trial",
]


def __getattr__(name: str) -> Any:
    # Loaded when first used: importing the package stays fast for the command line's --help.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'bestviz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
