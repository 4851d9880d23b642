"""From HTML to a PDF of one page, with WeasyPrint: vector, tagged, the same bytes for the same page, no network.

WeasyPrint is loaded only when asked for: it takes a second, and it needs a library of the system (pango).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from ctypes import CDLL
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bestviz.errors import BestVizError

# How much smaller the text may get, and how many items a list may then have, before a page is refused.
STEPS: tuple[tuple[float, int | None], ...] = ((1.0, None), (0.95, None), (0.9, 6), (0.85, 4), (0.8, 2))
_PANGO = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll")
# One at a time: the library underneath keeps state for the whole process.
ONE_DRAWING = threading.Lock()


class NoPdfError(BestVizError):
    """No PDF can be made on this machine."""


class HandoutError(BestVizError):
    """A hand-out cannot be made of what it was given."""


@cache
def pdf_possible() -> bool:
    """Whether this machine has what a PDF needs; loads the library underneath at most, so that a page stays fast."""
    if find_spec("weasyprint") is None:
        return False
    for name in _PANGO:
        with suppress(OSError):
            CDLL(name)
            return True
    return False


def one_page(page: Callable[[float, int | None], str]) -> bytes:
    """A PDF of exactly one page.

    Parameters
    ----------
    page : callable of scale and most
        Gives the HTML at a scale of text (at most 1) with at most so many items in its lists (None: all). The first
        of `STEPS` that fits on one page is used.

    Raises
    ------
    NoPdfError
        WeasyPrint or pango is missing.
    HandoutError
        It does not fit.
    """
    library = pdf_library()
    with ONE_DRAWING:
        for scale, most in STEPS:
            if content := _drawn(library, page(scale, most)):
                return content
    raise HandoutError("Hand-out: it does not fit on one page; shorten the reasons that were written by hand.")


def _drawn(library: Any, text: str) -> bytes | None:
    """The PDF of a page; None if it takes more than one."""
    nothing = library.urls.URLFetcher(allowed_protocols=())  # refuses every address, local files too
    document = library.HTML(string=text, url_fetcher=nothing).render(pdf_variant="pdf/ua-1")
    if len(document.pages) > 1:
        return None
    name = hashlib.sha256(text.encode()).hexdigest()[:32].encode()
    content: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=name)
    return content


def pdf_library() -> Any:
    """WeasyPrint; hold `ONE_DRAWING` while it draws.

    Raises
    ------
    NoPdfError
        WeasyPrint or pango is missing.
    """
    try:
        return import_module("weasyprint")
    except (ImportError, OSError):  # not installed, or without pango
        raise NoPdfError(
            "No PDF can be made here, because WeasyPrint or its library pango is missing "
            "(pip install -r requirements.txt; Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0); "
            "take the page to print (HTML) instead."
        ) from None
