"""Parts of the Regimes page."""
