"""Figures of the Regimes page."""
