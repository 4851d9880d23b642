"""A slide as HTML: title, points, table, small print, notes; and the style of the show."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bestviz.figures.theme import palette
from bestviz.reports.deck import Slide, Table
from bestviz.reports.deck.wall import BESIDE_FIGURE, FIGURE, GAP, HEIGHT, WIDTH
from bestviz.wording import presentation as words

# Of the show: a slide is 960 x 540 points, enlarged until it fills the window but for the bar below it. Figures are
# enlarged inside a place of their own size: Streamlit measures that place and would draw them larger, then clip them.
BAR = 76  # pixels
_STEPS = [step / 20 for step in range(7, 61)]  # 0.35 to 3

_SLIDE = """
.st-key-deck-slide{background:var(--deck-paper);color:var(--deck-text);border:1px solid var(--deck-line);
 border-radius:.5rem;padding:1.25rem 1.5rem}
.deck-title{font-size:1.75rem;line-height:1.25;font-weight:600;margin:0;padding:0;color:var(--deck-text)}
.deck-points{margin:0;padding:0 0 0 1.25rem!important;font-size:1.25rem;line-height:1.45;color:var(--deck-text)}
.deck-points li{margin:.5rem 0}
.deck-table{width:100%;border-collapse:collapse;font-size:1.125rem;color:var(--deck-text)}
.deck-table th,.deck-table td{text-align:left;padding:.4rem 1rem .4rem 0;border:0;
 border-bottom:1px solid var(--deck-line)}
.deck-table thead th{color:var(--deck-muted);font-weight:600}
.deck-small{font-size:.875rem;color:var(--deck-muted);margin:0}
.deck-small strong{color:var(--deck-text)}
.deck-note{border-left:.2rem solid var(--bv-muted);padding-left:.75rem}
.deck-note p{margin:0 0 .5rem}
.deck-wide{overflow-x:auto}
@media (max-width:640px){
 .st-key-deck-slide{padding:.75rem}
 .deck-title{font-size:1.375rem}
 .deck-points{font-size:1.0625rem}
 .deck-table{font-size:.875rem}
 .deck-table th,.deck-table td{padding-right:.5rem}
}
"""
_SHOW = f"""
[data-testid="stHeader"],[data-testid="stSidebar"],.bv-banner,.st-key-deck-head,.st-key-deck-facts,.st-key-model-name{{
 display:none}}
[data-testid="stMainBlockContainer"]{{padding:0 0 {BAR}px!important;max-width:none}}
[data-testid="stMainBlockContainer"] [data-testid="stVerticalBlock"]{{gap:0}}
[data-testid="stApp"]{{background:var(--deck-paper)}}
:root{{--deck-z:{_STEPS[0]}}}
.st-key-deck-slide.st-key-deck-slide{{width:calc({WIDTH}px*var(--deck-z))!important;margin:0 auto;border:0;
 min-height:calc({HEIGHT}px*var(--deck-z));padding:calc(12px*var(--deck-z)) calc(36px*var(--deck-z));
 gap:calc(8px*var(--deck-z));border-radius:0}}
.st-key-deck-slide .deck-title{{font-size:calc(28px*var(--deck-z));line-height:1.5}}
.st-key-deck-slide .deck-points{{font-size:calc(24px*var(--deck-z));line-height:1.3}}
.st-key-deck-beside .deck-points{{font-size:calc(20px*var(--deck-z))}}
.st-key-deck-slide .deck-table{{font-size:calc(20px*var(--deck-z))}}
.st-key-deck-slide .deck-small{{font-size:calc(20px*var(--deck-z));line-height:1.2}}
.st-key-deck-beside.st-key-deck-beside{{flex-direction:row;gap:calc({GAP}px*var(--deck-z))}}
.st-key-deck-body,.st-key-deck-beside{{flex:1 0 auto}}
.st-key-deck-beside>:first-child{{flex:1 1 0;min-width:0}}
.st-key-deck-slide [data-testid="stElementContainer"]:has(.stPlotlyChart){{overflow:visible;height:var(--deck-h);
 width:var(--deck-w);min-width:var(--deck-w);max-width:none;flex:none;margin:0 calc(var(--deck-w)*(var(--deck-z) - 1))
 calc(var(--deck-h)*(var(--deck-z) - 1)) 0}}
.st-key-deck-slide .stPlotlyChart{{overflow:visible!important}}
.st-key-deck-slide .js-plotly-plot{{width:var(--deck-w)!important;height:var(--deck-h)!important;
 overflow:visible!important;zoom:var(--deck-z)}}
.st-key-deck-bar{{position:fixed;left:0;right:0;bottom:0;width:100%!important;min-height:{BAR}px;padding:.5rem 1rem;
 z-index:99;align-items:center;justify-content:center;background:var(--bv-panel);border-top:1px solid var(--bv-line)}}
.st-key-deck-spoken{{padding:1rem;max-width:60rem;margin:0 auto;background:var(--bv-panel)}}
@media (max-width:640px){{[data-testid="stMainBlockContainer"]{{padding-bottom:{2 * BAR}px!important}}}}
"""


def style_html(slide: Slide, dark: bool, show: bool) -> str:
    """The rules of a slide in the light or the dark scheme; in the show all else of the page is hidden."""
    colors, (width, height) = palette(dark), BESIDE_FIGURE if slide.points else FIGURE
    names = {"paper": colors.background, "text": colors.text, "muted": colors.muted, "line": colors.grid}
    names |= {"w": f"{width}px", "h": f"{height}px"}
    root = ";".join(f"--deck-{name}:{value}" for name, value in names.items())
    return f"<style>:root{{{root}}}{_SLIDE}{_SHOW + _enlarged() if show else ''}</style>"


def _enlarged() -> str:
    """How much larger a slide is in a larger window."""
    return "".join(
        f"@media (min-width:{round(WIDTH * step)}px) and (min-height:{round(HEIGHT * step) + BAR}px)"
        f"{{:root{{--deck-z:{step:g}}}}}"
        for step in _STEPS
    )


def title_html(slide: Slide) -> str:
    """The slide's title."""
    return f'<h2 class="deck-title">{escape(slide.title)}</h2>'


def points_html(slide: Slide) -> str:
    """The sentences of a slide of text."""
    return f'<ul class="deck-points">{"".join(f"<li>{escape(point)}</li>" for point in slide.points)}</ul>'


def table_html(table: Table, label: str) -> str:
    """The table of a slide; `label` says what it is."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in table.rows
    )
    return (
        f'<div class="deck-wide" tabindex="0" role="region" aria-label="{escape(label)}"><table class="deck-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def small_print_html(slide: Slide, show: bool) -> str:
    """That the data are simulated, of how many people, which interval, which time point; the rest outside the show."""
    text = " ".join(slide.caption if show else (*slide.caption, *slide.details))
    note = f"<strong>{escape(slide.note)}</strong> " if slide.note else ""
    return f'<p class="deck-small">{note}{escape(text)}</p>'


def spoken_html(slide: Slide) -> str:
    """What the presenter says, then the figure in words with its numbers."""
    parts = {words.SPOKEN: slide.notes, words.NUMBERS: (slide.alt,)}
    body = "".join(_texts_html(head, [text for text in texts if text]) for head, texts in parts.items())
    return f'<div class="deck-note">{body}</div>' if body else ""


def _texts_html(head: str, texts: Sequence[str]) -> str:
    body = "".join(f"<p>{escape(text)}</p>" for text in texts)
    return f"<p><strong>{escape(head)}</strong></p>{body}" if body else ""
