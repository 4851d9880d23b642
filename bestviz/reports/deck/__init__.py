"""The slide deck: the story of a trial and of what was learned from it, as slides and as files.

A slide is data (`Slide`); `default_deck` makes about fifteen of them, `journey_slide` one of a representative patient.
`deck_pptx`, `deck_html`, `deck_pdf`, `deck_zip` and `deck_pictures` turn any selection, in any order, into files.
"""

from bestviz.reports.deck.bundle import deck_zip
from bestviz.reports.deck.journeys import journey_slide
from bestviz.reports.deck.page import deck_html
from bestviz.reports.deck.pdf import deck_pdf
from bestviz.reports.deck.pictures import DeckError, deck_pictures
from bestviz.reports.deck.pptx import deck_pptx, smallest_type
from bestviz.reports.deck.slide import Slide, Table
from bestviz.reports.deck.story import Progress, default_deck
from bestviz.reports.deck.wall import for_slide, wall_figure

__all__ = [
    "DeckError",
    "Progress",
    "Slide",
    "Table",
    "deck_html",
    "deck_pdf",
    "deck_pictures",
    "deck_pptx",
    "deck_zip",
    "default_deck",
    "for_slide",
    "journey_slide",
    "smallest_type",
    "wall_figure",
]
