"""When things happen in BEST (registry entry NCT05396014): two 12-week periods and a follow-up."""

from __future__ import annotations

BASELINE_WEEK = 0
SECOND_RANDOMISATION_WEEK = 12
PRIMARY_WEEK = 24
FOLLOW_UP_WEEK = 36

PEG_WEEKS: tuple[int, ...] = (0, 6, 12, 18, 24, 36)
VISIT_WEEKS: tuple[int, ...] = (0, 12, 24)

# Utility can look at one of these; "mean" is the mean of weeks 24 and 36.
HORIZONS: tuple[int | str, ...] = (24, 36, "mean")
