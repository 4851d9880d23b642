"""PROMIS short forms: T-score of each raw sum.

Two sources: most values were read off the consortium's public synthetic sample (raw and T records of one visit); those
in `RECALLED` are from the published scoring tables as remembered, and need checking against them. Raw sums that are not
here have no T-score at hand.
"""

from __future__ import annotations

T_SCORES: dict[str, dict[int, float]] = {
    "anxiety": {
        4: 40.3, 5: 48.0, 6: 51.2, 7: 53.7, 8: 55.8, 9: 57.7,
        10: 59.5, 11: 61.4, 12: 63.4, 13: 65.3, 14: 67.3, 15: 69.3,
        16: 71.2, 17: 73.3, 18: 75.4, 19: 77.9, 20: 81.6,
    },
    "depression": {
        4: 41.0, 5: 49.0, 6: 51.8, 7: 53.9, 8: 55.7, 9: 57.3,
        10: 58.9, 11: 60.5, 12: 62.2, 13: 63.9, 14: 65.7, 15: 67.5,
        16: 69.4, 17: 71.2, 18: 73.3, 19: 75.7, 20: 79.4,
    },
    "pain_interference": {
        4: 41.6, 5: 49.6, 6: 52.0, 7: 53.9, 8: 55.6, 9: 57.1,
        10: 58.5, 11: 59.9, 12: 61.2, 13: 62.5, 14: 63.8, 15: 65.2,
        16: 66.6, 17: 68.0, 18: 69.7, 19: 71.6, 20: 75.6,
    },
    "physical_function": {
        11: 31.5, 12: 32.5, 13: 33.4, 14: 34.3, 15: 35.1, 16: 36.0,
        17: 36.8, 18: 37.6, 19: 38.5, 20: 39.3, 21: 40.2, 22: 41.1,
        23: 42.1, 24: 43.1, 25: 44.2, 26: 45.4,
    },
    "sleep_disturbance": {
        9: 42.5, 10: 44.6, 11: 46.4, 12: 48.0, 13: 49.5, 14: 50.9,
        15: 52.3, 16: 53.6, 17: 54.8, 18: 56.1, 19: 57.3, 20: 58.5,
        21: 59.7, 22: 61.0, 23: 62.3, 24: 63.6, 25: 65.0, 26: 66.5,
        27: 68.1, 29: 72.4, 30: 76.1,
    },
}  # fmt: skip

# Ends of the forms that the sample does not reach.
RECALLED: dict[str, tuple[int, ...]] = {
    "anxiety": (4, 20),
    "depression": (4, 5, 20),
    "pain_interference": (4, 20),
}
