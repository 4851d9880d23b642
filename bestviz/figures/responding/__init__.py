"""Figures of the page Who responds."""
