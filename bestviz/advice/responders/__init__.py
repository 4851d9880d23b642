"""Who responds to what, kept apart from which treatment is best; and whether all groups of people are served alike."""

from bestviz.advice.responders.companions import Companion, companions
from bestviz.advice.responders.fairness import Fairness, fairness
from bestviz.advice.responders.modification import Modification, Modifier, effect_modification
from bestviz.advice.responders.profiles import Profile, ProfilePoint, profile
from bestviz.advice.responders.served import FairnessRow, Gap

__all__ = [
    "Companion",
    "Fairness",
    "FairnessRow",
    "Gap",
    "Modification",
    "Modifier",
    "Profile",
    "ProfilePoint",
    "companions",
    "effect_modification",
    "fairness",
    "profile",
]
