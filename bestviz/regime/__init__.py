"""Learning a two-stage regime: tables of features, labels of arms, tables of outcomes; no knowledge of any trial."""

from bestviz.regime.two_stage import TwoStageRegime

__all__ = ["TwoStageRegime"]
