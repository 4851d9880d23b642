"""The parts of the Presentation page: which slides, in which order, with which words, shown and taken away."""
