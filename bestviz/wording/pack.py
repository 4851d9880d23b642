"""The words of the manuscript pack: its README, its captions, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping

from bestviz.wording.preferences import weights_line

TITLE = "Manuscript pack: figures and tables of the analysis plan"
SVG = "Figures are SVG, each with its numbers as CSV beside it."
NO_BROWSER = (
    "There was no Chromium where this pack was made, so all figures are in one file, figures.html, that opens in any "
    "browser without a network. With a Chromium the same command gives SVG files."
)
NO_PICTURES = "Made without pictures: numbers and captions only."
AGAIN = (
    "The same data, model, weights, filters and versions give this pack again to the byte (SVG: also the same Chromium "
    "and fonts). The digests above say whether data and model are the same; DATA is the folder of the data."
)
APART = (
    "The model was not fitted on these data. What is counted describes the data; what is recommended or expected comes "
    "from a model of other people."
)
NOT_EVALUATED = (
    "regimes were not judged, which takes minutes; open the page Regimes, or give the command the option --evaluate"
)
NOT_ASSIGNED = "who gets both treatments was not worked out with the values"
NO_ARMS = "the data say nobody's treatment, so there are no groups to count"
NO_RESPONSE = "the data have no response classes, and no PEG and impression of change to tell them by"
NOTHING = "the data or the model hold nothing for it"
NO_INTERVAL_DESIGN = "The design, no numbers. Weeks 0 to 36."
INTERVAL = "Intervals: 95 %."
COUNTED_TWICE = "Shares of 100 people, no interval. Weeks 0 and 12."
COUNTED = "Counts of people, no interval. Week 0."


def aim(weights: Mapping[str, float]) -> str:
    """What the regime aims at: `Weights, of 100: PEG 100; benefit at week 24.`"""
    shares = {code: round(100 * weight) for code, weight in weights.items()}
    return f"Weights, of 100: {weights_line(shares)}; benefit at week 24."


def looked_at(people: int) -> str:
    """Of whom a number of the model is."""
    return f"Averaged over {people} participants of the data set, whatever the filters."


def left_out(section: str, reason: str) -> str:
    """A part that the pack does not hold, with the reason."""
    return f"{section}: {reason.rstrip('.')}."
