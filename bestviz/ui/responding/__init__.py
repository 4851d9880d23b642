"""The parts of the page Who responds."""
