"""Scenarios constructed from formulas (docs/scenarios.md), each difficult in a way of its own."""

from bestviz.study.constructed.confounded import Confounded
from bestviz.study.constructed.non_regular import NonRegular
from bestviz.study.constructed.responders_only import RespondersOnly
from bestviz.study.constructed.smooth import Smooth
from bestviz.study.constructed.sparse import Sparse
from bestviz.study.constructed.threshold import Threshold

__all__ = ["Confounded", "NonRegular", "RespondersOnly", "Smooth", "Sparse", "Threshold"]
