"""Figures of a study: whole procedures judged on simulated trials."""
