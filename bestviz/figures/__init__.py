"""Figures: pure `build_*` from advice to a Plotly figure, each with a `describe_*` for its alternative text."""
