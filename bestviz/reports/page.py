"""The sheet of paper: one self-contained HTML page with its style, watermark and footer, for a PDF or a printer.

The live area is 188 x 267 mm with equal margins, so that A4 printed on US Letter (216 x 279 mm), centred or shrunk,
loses nothing. All sizes are in rem: one number scales the whole sheet.
"""

from __future__ import annotations

from bestviz.figures.theme import COLORS, LIGHT
from bestviz.reports.html import Html, el, joined
from bestviz.reports.view import View
from bestviz.wording import SIMULATED
from bestviz.wording.handout import TITLES

FONTS = "'DejaVu Sans Condensed','Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif"
_POINTS = {"patient": 8.8, "chart": 6.8}  # size of the text before anything has to shrink

_STYLE = """
@page{size:A4;margin:15mm 11mm}
*{box-sizing:border-box;margin:0;padding:0}
html{line-height:1.32;color:TEXT;font-family:FONTS}
body{overflow-wrap:break-word}
main{min-height:257mm}
h1{font-size:1.75rem;line-height:1.15;font-weight:700}
h2{font-size:1.1rem;line-height:1.2;font-weight:700;color:ACCENT;margin:.6rem 0 .15rem;break-after:avoid}
h3{font-size:1rem;font-weight:700}
p,li{orphans:1;widows:1}
ul,ol{padding-left:1.1rem}
svg{display:block}
.muted{color:MUTED}.small{font-size:.88rem}
.lead{font-size:1.12rem;line-height:1.32;margin-top:.4rem}
.box{background:PANEL;border-left:.25rem solid ACCENT;padding:.35rem .7rem;margin-top:.3rem}
.columns{display:flex;gap:1.6rem}.columns>*{flex:1 1 0;min-width:0}.columns>.wide{flex:1.45 1 0}
.options,.steps{list-style:none;padding:0}
.options>li{display:flex;gap:1.2rem;border-top:.06rem solid LINE;padding:.4rem 0;break-inside:avoid}
.options>li:last-child{border-bottom:.06rem solid LINE}
.options .what{flex:1.15 1 0;border-left:.35rem solid;padding-left:.6rem}
.options .gain{flex:0 0 15.5rem}.options .harm{flex:.95 1 0}
.people{width:15rem;height:3.75rem;margin-bottom:.15rem}
.course{width:23rem;height:12.6rem}.chart .course{width:27rem;height:14.8rem}
.swatch{display:inline-block;width:2.9rem;height:.87rem;margin-right:.4rem;vertical-align:middle}
.legend{list-style:none;padding:0;font-size:.88rem}.chart .legend li{display:inline-block;margin-right:.8rem}
.steps li{display:flex;gap:.8rem;padding:.25rem 0;border-top:.06rem solid LINE;break-inside:avoid}
.steps .when{flex:0 0 10.2rem}
.steps .then{flex:1 1 0;min-width:0;border-left:.35rem solid LINE;padding-left:.6rem}
.bar{height:.3rem;background:LINE;width:9rem;margin-top:.15rem}.bar div{height:.3rem;background:ACCENT}
table{width:100%;border-collapse:collapse;font-size:.97rem}
caption{text-align:left;color:MUTED;padding-bottom:.1rem}
th,td{text-align:left;vertical-align:top;padding:.13rem .6rem .13rem 0;border-bottom:.06rem solid LINE;font-weight:400}
thead th{font-weight:700;vertical-align:bottom}tbody th{font-weight:700}
th small{font-weight:400;color:MUTED;font-size:.88em}
.blocks{margin:.4rem 0 .2rem}.keep{white-space:nowrap}table{margin-top:.4rem}.chart td{padding-right:.45rem}
footer{border-top:.06rem solid MUTED;padding-top:.3rem;font-size:.85rem;color:MUTED;break-inside:avoid}
footer strong{color:TEXT}
.mark{position:fixed;top:125mm;left:-60mm;width:300mm;text-align:center;font-size:29pt;line-height:1;font-weight:700;
 white-space:nowrap;color:rgba(0,0,0,.08);transform:rotate(-54deg)}
@media screen{body{max-width:190mm;margin:10mm auto;padding:0 5mm}}
"""


def page_html(view: View, kind: str, content: Html, *, scale: float = 1.0) -> str:
    """The whole page.

    Parameters
    ----------
    view : View
        What it is about.
    kind : {"patient", "chart"}
        For whom it is; says title and size of text.
    content : Html
        What stands between title and footer.
    scale : float
        1 for the size it is meant to have; less to fit more.
    """
    mark = el("p", SIMULATED, class_="mark") if view.simulated else Html("")
    head = joined(
        [
            el("meta", charset="utf-8"),
            el("title", TITLES[kind]),
            el("meta", name="viewport", content="width=device-width"),
            el("meta", name="dcterms.created", content=view.today.isoformat()),
            el("meta", name="dcterms.modified", content=view.today.isoformat()),
            el("meta", name="author", content="BestViz"),
            el("style", Html(_style(_POINTS[kind] * scale))),
        ]
    )
    whole = Html(content.replace(" %", "\u00a0%"))  # no line begins with a percent sign
    main = el("main", _header(view, kind), whole, class_=kind)
    body = el("body", main, _footer(view), mark)
    return f"<!DOCTYPE html>\n{el('html', el('head', head), body, lang='en')}\n"


def _header(view: View, kind: str) -> Html:
    week = "at the start (week 0)" if view.week == 0 else "at week 12"
    for_whom = "For you and your clinician" if kind == "patient" else "For the clinician"
    return el("header", el("h1", TITLES[kind]), el("p", f"{for_whom} · {week} · {view.date}", class_="muted"))


def _footer(view: View) -> Html:
    model = view.advice["model"]
    note = joined([el("strong", f"{SIMULATED}."), " "]) if view.simulated else Html("")
    people = "simulated participants" if view.simulated else "participants"
    facts = (
        f"Model {model['name']}, BestViz {model['version']}, digest {model['digest'][:16]}, "
        f"{model['participants']} {people} ({model['trained_on']}). Made on {view.date}."
    )
    return el("footer", el("p", note, facts))


def _style(points: float) -> str:
    words = {"TEXT": LIGHT.text, "MUTED": LIGHT.muted, "LINE": "#C6D0D8", "PANEL": LIGHT.panel, "ACCENT": LIGHT.accent}
    rules = _STYLE.replace("FONTS", FONTS)
    for word, color in words.items():
        rules = rules.replace(word, color)
    arms = "".join(f".arm-{code}{{border-color:{light}!important}}" for code, (light, _) in COLORS.items())
    return f"html{{font-size:{points:.3f}pt}}{rules}{arms}"
