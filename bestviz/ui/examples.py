"""Example patients to start from. They are made up: no person of any data set is among them."""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "58, low function, widespread pain": {
        "age": 58, "sex": "female", "bmi": 31.0, "education": "some_college", "employment": "working",
        "pain_duration": "over_5_years", "pain_frequency": "every_day", "widespread_areas": 5, "radicular": "thigh",
        "back_surgery": False, "peg": 6.7, "pain_intensity": 7.0, "pain_interference": 64.0, "physical_function": 36.0,
        "depression": 54.0, "anxiety": 55.0, "sleep_disturbance": 60.0, "sleep_duration": 5.5, "opioid_use": False,
        "phq2": 1, "gad2": 1, "pcs6": 9, "somatic": 4, "antidepressant": False, "tobacco": "never",
    },
    "34, low mood and worry, otherwise active": {
        "age": 34, "sex": "male", "bmi": 25.0, "education": "bachelor", "employment": "working",
        "pain_duration": "1_to_5_years", "pain_frequency": "half_the_days", "widespread_areas": 1, "radicular": "none",
        "back_surgery": False, "peg": 5.3, "pain_intensity": 5.0, "pain_interference": 60.0, "physical_function": 44.0,
        "depression": 63.0, "anxiety": 66.0, "sleep_disturbance": 58.0, "sleep_duration": 6.0, "opioid_use": False,
        "phq2": 4, "gad2": 4, "pcs6": 16, "somatic": 3, "antidepressant": False, "tobacco": "never",
    },
    "71, retired, long pain after an operation": {
        "age": 71, "sex": "female", "bmi": 28.0, "education": "high_school", "employment": "retired",
        "pain_duration": "over_5_years", "pain_frequency": "every_day", "widespread_areas": 3,
        "radicular": "below_knee",
        "back_surgery": True, "peg": 7.3, "pain_intensity": 7.0, "pain_interference": 66.0, "physical_function": 33.0,
        "depression": 51.0, "anxiety": 50.0, "sleep_disturbance": 57.0, "sleep_duration": 6.5, "opioid_use": True,
        "phq2": 0, "gad2": 0, "pcs6": 7, "somatic": 3, "antidepressant": True, "tobacco": "never",
    },
}  # fmt: skip
