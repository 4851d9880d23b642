"""What a learner may see of a trial."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Tables:
    """A trial as its learners see it; one row a person.

    Attributes
    ----------
    baseline, interim : DataFrame
        Features; the interim ones hold `response`.
    first, second : Series of str
        Arms as assigned.
    outcomes : DataFrame
        Higher is better.
    target : str
        The one outcome that the rule is to maximise.
    halfway : Series
        What corresponds to the target at the end of the first period, in its unit; higher is better.
    allowed_first, allowed_second : DataFrame of bool
        One column an arm.
    first_probability, second_probability : Series of float, optional
        Probability of the arm assigned, where the design tells it; estimated by learners where not.
    """

    baseline: pd.DataFrame
    first: pd.Series
    interim: pd.DataFrame
    second: pd.Series
    outcomes: pd.DataFrame
    target: str
    halfway: pd.Series
    allowed_first: pd.DataFrame
    allowed_second: pd.DataFrame
    first_probability: pd.Series | None = None
    second_probability: pd.Series | None = None
