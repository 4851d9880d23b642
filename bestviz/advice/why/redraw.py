"""What is not known of a patient, drawn again for many variants of what is known.

`bestviz.advice.known` and the advice at week 12 draw for one patient; here the same draws are made for many variants of
that patient at once. The random numbers are the same for each, so only what the known values say moves the draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bestviz.advice.inputs import patient_baseline, patient_interim
from bestviz.advice.known import DRAWS, mirrored, only_seen, within
from bestviz.advice.why.decision import Decision
from bestviz.regime.normal import JointNormal

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

HALF = DRAWS // 2


@dataclass(frozen=True)
class Unknown:
    """How one patient's unknown columns follow from the known ones.

    Attributes
    ----------
    missing : bool array, shape (q,)
    mean : array, shape (missing columns,)
        Conditional means where all that is known is 0.
    slope : array, shape (known columns, missing columns)
    noise : array, shape (12, missing columns)
        How far half of the advice's draws lie from the conditional means.
    """

    missing: BoolArray
    mean: FloatArray
    slope: FloatArray
    noise: FloatArray

    @classmethod
    def of(cls, normal: JointNormal, rows: FloatArray, seed: int) -> Unknown:
        """For rows (12, q) of the patient as the advice fills them, NaN where not known."""
        missing = np.isnan(rows[0])
        noise = normal.fill(rows, np.random.default_rng(seed)) - normal.fill(rows)
        probes = np.where(missing, np.nan, np.vstack([np.zeros(len(missing)), np.eye(len(missing))[~missing]]))
        filled = normal.fill(probes)[:, missing]
        return cls(missing, filled[0], filled[1:] - filled[0], noise[:, missing])

    def means(self, rows: FloatArray) -> FloatArray:
        """Rows (..., q) with conditional means for what is not known."""
        filled = rows.copy()
        filled[..., self.missing] = self.mean + rows[..., ~self.missing] @ self.slope
        return filled

    def half(self, means: FloatArray) -> FloatArray:
        """Half of the draws about means (C, D, q); shape (C, D / 2, q)."""
        drawn = means[:, :HALF].copy()
        drawn[..., self.missing] += self.noise
        return drawn


@dataclass(frozen=True)
class Redraw:
    """A patient whose known inputs can be changed.

    Attributes
    ----------
    decision : Decision
    present : list of arrays, shape (1, .)
        What is known, encoded, NaN where it is not; one an encoder.
    unknown : list of Unknown
        For each of them; that of week 12 also looks at week 0 and the first arm.
    """

    decision: Decision
    present: list[FloatArray]
    unknown: list[Unknown]

    @classmethod
    def of(cls, decision: Decision) -> Redraw:
        """Encode the patient and draw the random numbers that the advice draws."""
        model, patient, state = decision.model, decision.patient, decision.state
        filler, seed = model.engine.filler, model.info.seed
        frame, _ = only_seen(filler.baseline, patient_baseline(patient, model.inputs, model.markers))
        present = [filler.baseline.encode(frame)]
        unknown = [Unknown.of(filler.baseline.normal, present[0].repeat(HALF, axis=0), seed)]
        if state is not None:
            frame, _ = only_seen(filler.interim, patient_interim(patient, state.response, model.interim_columns))
            present.append(filler.interim.encode(frame))
            draws = np.resize(state.baseline, (1, HALF, state.baseline.shape[1]))
            known = _beside(decision, draws, np.repeat(present[1][None], HALF, axis=1))[0]
            unknown.append(Unknown.of(filler.state, known, seed))
        return cls(decision, present, unknown)

    def draws(self, variants: list[FloatArray]) -> list[FloatArray]:
        """Draws of variants of the patient.

        Parameters
        ----------
        variants : list of arrays, shape (C, .)
            Encoded like `present`, with the same inputs missing.

        Returns
        -------
        list of arrays, shape (C, D, .)
            As the advice draws them for each variant; D is 1 where everything is known.
        """
        encoder, unknown = self.decision.situation.encoders[0], self.unknown[0]
        baseline = variants[0][:, None]
        if unknown.missing.any():
            means = unknown.means(np.repeat(baseline, DRAWS, axis=1))
            baseline = mirrored(encoder, unknown.half(means), means, unknown.missing)
        return [baseline] if len(variants) == 1 else self._with_interim(baseline, variants[1][:, None])

    def _with_interim(self, baseline: FloatArray, interim: FloatArray) -> list[FloatArray]:
        encoder, unknown = self.decision.situation.encoders[1], self.unknown[1]
        width = interim.shape[2]
        missing = unknown.missing[-width:]
        if missing.any() and baseline.shape[1] == 1:
            baseline = np.repeat(baseline, DRAWS, axis=1)
        interim = np.repeat(interim, baseline.shape[1], axis=1)
        if missing.any():
            means = unknown.means(_beside(self.decision, baseline, interim))
            half = within(encoder, unknown.half(means)[..., -width:], missing, draw=True)
            means = within(encoder, means[..., -width:], missing, draw=False)
            interim = mirrored(encoder, half, means, missing)
        return [baseline, interim]


def _beside(decision: Decision, baseline: FloatArray, interim: FloatArray) -> FloatArray:
    """Baseline, first arm and interim state side by side (C, D, q), as their joint distribution has them."""
    first = decision.model.engine.filler.first_arms.components[decision.situation.prior]
    return np.concatenate([baseline, np.broadcast_to(first, (*baseline.shape[:2], len(first))), interim], axis=2)
