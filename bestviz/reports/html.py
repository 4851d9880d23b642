"""HTML and SVG that escape everything: text becomes markup only through `el`."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_EMPTY = frozenset({"br", "meta"})


class Html(str):
    """Markup that is safe to put into a page as it is."""

    __slots__ = ()


def el(tag: str, *children: str, **attributes: str | float | None) -> Html:
    """One element; plain text among the children is escaped, attributes always are.

    Parameters
    ----------
    tag : str
        Name of the element.
    *children : str or Html
        Its content; empty strings are left out.
    **attributes : str, float or None
        Underscores stand for hyphens, and `class_` for `class`; None leaves one out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    end = "" if tag in _EMPTY else f"</{tag}>"
    return Html(f"<{tag}{written}>{joined(children)}{end}")


def joined(parts: Iterable[str]) -> Html:
    """Several parts after each other, text escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part, quote=False) for part in parts))


def listing(items: Iterable[str], tag: str = "ul", **attributes: str | float | None) -> Html:
    """A list, one item each; nothing without items."""
    rows = [el("li", item) for item in items]
    return el(tag, *rows, **attributes) if rows else Html("")


def paragraphs(*texts: str) -> Html:
    """Each text that is not empty as a paragraph."""
    return joined(el("p", text) for text in texts if text)


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{round(value, 2):g}"
