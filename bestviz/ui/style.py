"""The little CSS that Streamlit's theme cannot do: plan, table, banner, and the two columns of the Patient page."""

from __future__ import annotations

import streamlit as st

from bestviz.figures.theme import COLORS, fade, palette
from bestviz.ui.charts import is_dark

_RULES = """
.bv-banner{font-size:.875rem;color:var(--bv-muted);border-bottom:1px solid var(--bv-line);padding:0 0 .4rem;margin:0}
.bv-banner strong{color:var(--bv-text)}
.bv-banner span{margin-right:.75rem}
.bv-headline{font-size:1.25rem;line-height:1.4;font-weight:400;margin:0 0 .5rem}
.bv-headline strong{font-weight:600}
.bv-answer p{margin:0 0 .5rem}
.bv-small,.bv-plan small,.bv-table small{font-size:.8125rem;color:var(--bv-muted)}
.bv-plan small,.bv-table small{display:block;font-weight:400}
.bv-remark{color:var(--bv-text);font-weight:600;margin:0}
.bv-notes{border-left:.2rem solid var(--bv-muted);padding-left:.75rem;font-size:.9375rem}
.bv-notes p{font-weight:600;margin:0}
.bv-notes ul{margin:0;padding-left:1.25rem!important}
.bv-refused{color:var(--bv-muted);font-size:.875rem;border-top:1px solid var(--bv-line);padding-top:.5rem}
.bv-refused p{margin:0;font-weight:600}
.bv-refused ul{margin:0;padding-left:1.25rem!important}
.bv-classes{list-style:none;margin:0;padding:0!important}
.bv-classes li{padding:.5rem 0;border-bottom:1px solid var(--bv-line)}
.bv-options{display:grid;grid-template-columns:minmax(0,1fr) auto;column-gap:1rem}
.bv-options{forced-color-adjust:none;print-color-adjust:exact}
.bv-options ol,.bv-options li{display:grid;grid-template-columns:subgrid;grid-column:1/-1}
.bv-options ol{list-style:none;margin:0;padding:0!important}
.bv-options li{margin:0;padding:.5rem 0;border-bottom:1px solid var(--bv-line);position:relative;align-items:center}
.bv-options li>div{display:flex;justify-content:space-between;column-gap:1rem}
.bv-options div,.bv-options small,.bv-options p{grid-column:1/-1;margin:0}
.bv-options strong,.bv-options li>:last-child{text-align:right;white-space:nowrap}
.bv-options small,.bv-options p,.bv-options li>:last-child{font-size:.8125rem;color:var(--bv-muted)}
.bv-over{text-align:right}
.bv-range,.bv-options .bv-marks{grid-column:1;position:relative;margin:0 .75rem;height:1.375rem}
.bv-range{background:
 linear-gradient(var(--bv-muted) 0 0) var(--bv-zero) 0/1px 100% no-repeat,
 linear-gradient(var(--bv-line) 0 0) 100% 0/1px 100% no-repeat,
 linear-gradient(90deg,var(--bv-line) 1px,transparent 0) 0 0/var(--bv-step) 100%}
.bv-range i,.bv-range b{position:absolute;top:50%;height:.75rem;margin-top:-.375rem;background:var(--bv-c)}
.bv-range i{opacity:.35}
.bv-range b{width:.8125rem;height:.8125rem;margin:-.40625rem 0 0 -.40625rem;clip-path:var(--bv-mark)}
.bv-marks span{position:absolute;transform:translateX(-50%)}
.bv-under{display:flex;flex-wrap:wrap;justify-content:space-between;column-gap:1rem}
.bv-unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.bv-plan p{margin:0}
.bv-heads,.bv-grid{display:grid;grid-template-columns:11rem 1fr;gap:1rem}
.bv-heads{grid-template-columns:11rem 9rem 1fr;font-size:.8125rem;color:var(--bv-muted);margin-bottom:.35rem}
.bv-grid{align-items:center}
.bv-start{padding:.75rem;border-left:.4rem solid var(--bv-c);background:var(--bv-t);border-radius:.25rem}
.bv-start strong{display:block}
.bv-when{display:none;font-size:.8125rem;color:var(--bv-muted)}
.bv-steps{list-style:none;margin:0;padding:0 0 0 1rem!important;border-left:2px solid var(--bv-line)}
.bv-steps li{display:grid;grid-template-columns:8rem 1fr;gap:1rem;align-items:center;margin:.4rem 0;position:relative}
.bv-steps li::before{content:"";position:absolute;left:-1rem;top:50%;width:.75rem;border-top:2px solid var(--bv-line)}
.bv-class strong{display:block}
.bv-bar{display:block;height:.3rem;background:var(--bv-line);border-radius:.15rem;margin-top:.2rem}
.bv-bar span{display:block;height:100%;background:var(--bv-accent);border-radius:.15rem}
.bv-then{padding:.5rem .75rem;border-left:.4rem solid var(--bv-c);background:var(--bv-t);border-radius:.25rem}
.bv-table{width:100%;border-collapse:collapse;font-size:.9375rem}
.bv-table caption{text-align:left;font-size:.8125rem;color:var(--bv-muted);padding-bottom:.35rem}
.bv-table th,.bv-table td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0}
.bv-table th,.bv-table td{border:0;border-bottom:1px solid var(--bv-line)}
.bv-table thead th{font-weight:600;font-size:.8125rem}
.bv-table tbody th{font-weight:600}
.bv-ends{white-space:nowrap}
.bv-people{margin:0 0 .75rem}
.bv-people p{margin:0 0 .25rem}
.bv-people div{display:grid;grid-template-columns:repeat(20,1fr);gap:.2rem .3rem;max-width:26rem}
.bv-people b,.bv-people i{aspect-ratio:1;clip-path:var(--bv-mark);background:var(--bv-c)}
.bv-people i{background:var(--bv-none)}
.bv-facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;margin:0;padding:0!important}
.bv-facts dt{color:var(--bv-muted)}
.bv-facts dd{margin:0}
.bv-facts+p{margin-top:.75rem}
div[data-testid="stFullScreenFrame"]{width:round(down,100%,1px)}
[data-testid="stPageLink"] p{text-decoration:underline;font-weight:600}
[class*="st-key-tall"] [data-testid="stWidgetLabel"]{min-height:2.8125rem;align-items:flex-end}
.st-key-strip{display:none}
button[data-selected="true"] p,[role="tab"][data-selected="true"] p{color:var(--bv-text)}
[data-testid="stSliderThumbValue"] p{color:var(--bv-text)}
@media (min-width:641px){
 .stColumn:has(.st-key-steps){position:sticky;top:3.75rem;align-self:flex-start;max-height:calc(100vh - 4.5rem)}
 .stColumn:has(.st-key-steps){overflow-y:auto;overflow-x:hidden;padding-right:.75rem}
}
@media (max-width:640px){
 .st-key-steps [data-testid="stNumberInput"] input{padding-left:.5rem;padding-right:0;letter-spacing:-.01em}
 .st-key-steps [data-testid="stNumberInput"] input::placeholder{font-size:.8125rem}
 .bv-heads{display:none}
 .bv-when{display:block}
 .bv-grid{grid-template-columns:1fr}
 .bv-steps li{grid-template-columns:6.5rem 1fr;gap:.75rem}
 .bv-table thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 .bv-table tr,.bv-table th,.bv-table td{display:block;border:0;padding:.1rem 0}
 .bv-table tr{border-bottom:1px solid var(--bv-line);padding:.5rem 0}
 .bv-table td::before{content:attr(data-label) ": ";color:var(--bv-muted);font-size:.8125rem}
 .st-key-strip{display:block;position:fixed;left:0;right:0;bottom:0;z-index:99;width:100%;padding:.6rem 1rem}
 .st-key-strip{background:var(--bv-panel);border-top:1px solid var(--bv-line)}
 [data-testid="stMain"]:has(.st-key-strip){height:calc(100dvh - 4.25rem);bottom:auto}
 .st-key-strip{height:4.25rem;justify-content:center}
 .bv-strip{margin:0;font-size:.875rem;line-height:1.35;display:flex;gap:1rem;align-items:center}
 .bv-strip span{overflow:hidden;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2}
 .bv-strip a{white-space:nowrap;font-weight:600;color:var(--bv-accent)}
}
"""


# The markers of the figures' theme, as shapes of CSS.
_MARKS = {
    "ESC": "circle(50%)",
    "ACT": "inset(6%)",
    "EBEM": "polygon(50% 0,100% 50%,50% 100%,0 50%)",
    "DUL": "polygon(50% 4%,100% 96%,0 96%)",
}


def draw_style() -> None:
    """Put the rules into the page; colours come from the figures' theme, so text and charts agree."""
    dark = is_dark()
    colors = palette(dark)
    names = {
        "text": colors.text,
        "muted": colors.muted,
        "line": colors.grid,
        "panel": colors.panel,
        "accent": colors.accent,
        "none": fade(colors.muted, 0.3),
    }
    root = ";".join(f"--bv-{name}:{value}" for name, value in names.items())
    arms = "".join(
        f".bv-{code}{{--bv-c:{pair[int(dark)]};--bv-t:{fade(pair[int(dark)], 0.14)};--bv-mark:{_MARKS[code]}}}"
        for code, pair in COLORS.items()
    )
    st.html(f"<style>:root{{{root}}}{arms}.bv-none{{--bv-c:{colors.muted};--bv-t:{colors.panel}}}{_RULES}</style>")
