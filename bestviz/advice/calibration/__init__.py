"""Calibration of a fitted model in simulated worlds: by how much its intervals are to be widened."""

from bestviz.advice.calibration.measure import WORLDS, calibration_of

__all__ = ["WORLDS", "calibration_of"]
