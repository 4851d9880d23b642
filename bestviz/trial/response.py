"""Response class at week 12 from PEG and PGIC.

The numeric cut-offs of BEST are not public. The default here is assumed, editable per data set, and a class that the
data carry always wins over the rule.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from bestviz.trial.sequences import RESPONSE_CLASSES, ResponseClass


@dataclass(frozen=True)
class ResponseRule:
    """Cut-offs that turn PGIC and the fall in PEG into a response class.

    Attributes
    ----------
    excellent_pgic : int
        PGIC (1 very much improved .. 7 very much worse) at or below this is excellent whatever the PEG.
    good_pgic : int
        PGIC at or below this is good, or excellent with a large enough fall in PEG.
    medium_pgic : int
        PGIC at or below this (and above `good_pgic`) is medium; above it is poor.
    excellent_fall : float
        Relative fall in PEG since week 0 (0.5 = 50 %) that lifts good to excellent.
    """

    excellent_pgic: int = 1
    good_pgic: int = 2
    medium_pgic: int = 3
    excellent_fall: float = 0.5

    def __post_init__(self) -> None:
        """Refuse cut-offs out of order or out of range."""
        if not 0 <= self.excellent_pgic <= self.good_pgic <= self.medium_pgic <= 7:
            raise ValueError(
                "Response rule: the PGIC cut-offs must not decrease from excellent to medium and lie between 0 and 7."
            )
        if not 0 < self.excellent_fall <= 1:
            raise ValueError("Response rule: excellent_fall must lie above 0 and at most 1 (0.5 means a fall of 50 %).")

    def classify(self, peg_baseline: pd.Series, peg_interim: pd.Series, pgic: pd.Series) -> pd.Series:
        """Response class of many people.

        Parameters
        ----------
        peg_baseline, peg_interim : Series of float
            PEG (0-10 points, lower is better) at weeks 0 and 12; missing allowed.
        pgic : Series of float
            PGIC category 1-7 at week 12; missing gives a missing class.

        Returns
        -------
        Series of str
            Missing where it cannot be told (PGIC missing, or PGIC good with PEG missing).
        """
        fall = (peg_baseline - peg_interim) / peg_baseline.where(peg_baseline > 0)
        only_good = (pgic > self.excellent_pgic) & (pgic <= self.good_pgic)
        # With PEG 0 at the start there is nothing to fall: PGIC alone decides.
        fall = fall.where(peg_baseline != 0, 0.0)
        conditions = [
            pgic <= self.excellent_pgic,
            only_good & (fall >= self.excellent_fall),
            only_good & (fall < self.excellent_fall),
            (pgic > self.good_pgic) & (pgic <= self.medium_pgic),
            pgic > self.medium_pgic,
        ]
        names = ["excellent", "excellent", "good", "medium", "poor"]
        chosen = np.select([c.fillna(False).to_numpy(bool) for c in conditions], names, default="")
        return pd.Series(chosen, index=pgic.index, dtype="str").mask(lambda s: s == "")

    def classify_one(
        self, peg_baseline: float | None, peg_interim: float | None, pgic: float | None
    ) -> ResponseClass | None:
        """Response class of one person, None where it cannot be told."""
        one = [pd.Series([np.nan if v is None else float(v)]) for v in (peg_baseline, peg_interim, pgic)]
        value = self.classify(*one).iloc[0]
        return next((c for c in RESPONSE_CLASSES if c == value), None)

    def describe(self) -> str:
        """The rule in one sentence."""
        return (
            f"PGIC of at most {self.excellent_pgic}, or PGIC of at most {self.good_pgic} with PEG down by at least "
            f"{self.excellent_fall:.0%}: excellent; other PGIC of at most {self.good_pgic}: good; PGIC of at most "
            f"{self.medium_pgic}: medium; otherwise poor."
        )

    def to_dict(self) -> dict[str, float]:
        """Plain mapping, the form stored in `dataset.json`."""
        return asdict(self)


DEFAULT_RESPONSE_RULE = ResponseRule()
