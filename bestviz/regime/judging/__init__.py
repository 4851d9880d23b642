"""Judging two-stage regimes: doubly robust values with intervals, on people that the regime was not learned from.

`judge.Judge` gives the values; `scores` and `probabilities` are plain functions of arrays. Nothing is imported here, so
that fitting can use the latter two.
"""
