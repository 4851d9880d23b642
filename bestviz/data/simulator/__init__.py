"""A simulated trial like BEST, and its truth: every number it is made of is known (see docs/simulator.md)."""

from bestviz.data.simulator.effects import Strength
from bestviz.data.simulator.oracle import Oracle
from bestviz.data.simulator.rules import AsRandomised, FixedPlan, Rule
from bestviz.data.simulator.truth import Truth, simulate_trial
from bestviz.data.simulator.values import Value

__all__ = ["AsRandomised", "FixedPlan", "Oracle", "Rule", "Strength", "Truth", "Value", "simulate_trial"]
