"""Judging two-stage regimes: doubly robust values with intervals, on people that the regime was not learned from."""
