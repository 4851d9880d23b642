"""The words of the Presentation page."""

from __future__ import annotations

HOW = (
    "Slides are made from the figures of the other pages, with the model, the data and the weights in force. Choose "
    "them, put them in order, and change their words. Nothing is stored: it is gone when this browser tab is closed."
)
CHOSEN, ADD = "Slides, in order", "Add a slide"
TITLE, REMARK = "Title of this slide", "Your notes for this slide"
UP, DOWN, OUT, RESET = "Move up", "Move down", "Leave out", "All slides as at first"
EMPTY = "No slide is chosen. Add one, or take all slides as at first."
NO_SLIDES = "No slides can be made of this model and these data."
PREVIOUS, NEXT = "Previous", "Next"
SHOW, LEAVE = "Show slides", "End show"
NOTES, DARK = "Notes", "Dark slides"
KEYS = (
    "Arrow keys left and right change the slide. In the show, Esc ends it, and F11 fills the screen in most browsers."
)
MY_NOTES, SPOKEN, NUMBERS = "Your notes", "To say", "The figure in words, with its numbers"
EXPORTS = "Files to take away"
MADE = (
    "Each file is made when you ask for it, in the background, of the slides as they are now. It takes up to a minute. "
    "After a change, make it again."
)
TEMPLATE = "Your own PowerPoint template (.pptx), if you have one"
PACK = (
    "The manuscript pack is a ZIP of every figure (SVG) and table (CSV, HTML) of the analysis plan, whatever slides "
    "are chosen. Its README says how to make it again, to the byte."
)
NO_BROWSER = (
    "PowerPoint, PDF and pictures need Chromium on the machine that runs BestViz, and there is none (Debian: apt-get "
    "install chromium). Slides as HTML do not need it; the manuscript pack then holds its figures as one HTML file."
)
NO_PDF = (
    "PDF files need WeasyPrint with its library pango on the machine that runs BestViz. Slides as HTML can be printed."
)
MAKE = {
    "pptx": "Make the PowerPoint file",
    "html": "Make the slides as HTML",
    "pdf": "Make the PDF",
    "zip": "Make the figures as pictures",
    "pack": "Make the manuscript pack",
}
TAKE = {
    "pptx": "Download the PowerPoint file",
    "html": "Download the slides as HTML (offline)",
    "pdf": "Download the PDF",
    "zip": "Download the figures as pictures (PNG and SVG in a ZIP)",
    "pack": "Download the manuscript pack (ZIP)",
}


def place(at: int, total: int) -> str:
    """Which slide of how many: `Slide 3 of 12`."""
    return f"Slide {at} of {total}"


def own_note(text: str) -> str:
    """A note of the presenter's own, among those of the slide."""
    return f"{MY_NOTES}: {text}"


def filtered(filters: str) -> str:
    """That filters of the Cohort page are set, and what follows them."""
    return (
        f"Filters of the Cohort page are set: {filters}. Slides on the trial and the manuscript pack show these "
        "people; slides of the model show everybody."
    )


def filtered_out(refusal: str) -> str:
    """Why the slides on the trial are missing."""
    return f"The slides on the trial are left out. {refusal}"


def not_judged(fault: str) -> str:
    """Why no values of regimes are on the slides."""
    return f"The values of regimes are not on the slides. {fault}"
