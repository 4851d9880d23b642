"""Parts of the pages as semantic HTML: banner, answer, plan, people. Every text from outside is escaped here.

`st.html` keeps HTML and ARIA but drops SVG, so the plan is a list drawn with CSS: it reads aloud in order, grows with
the font and needs no pointer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from bestviz import wording
from bestviz.figures.icon_array import label_of, people_of
from bestviz.trial import TREATMENTS, arm_name, arm_title, treatments_of


def banner_html(info: Mapping[str, Any] | None) -> str:
    """The banner's text; without a model it says so."""
    if info is None:
        return '<p class="bv-banner"><strong>No model</strong> is behind this page yet.</p>'
    tail = f"<strong>{wording.SIMULATED}</strong>" if info["simulated"] else ""
    return f'<p class="bv-banner"><span><strong>Model</strong> {escape(wording.model_line(info))}</span> {tail}</p>'


def answer_html(advice: Mapping[str, Any], nothing_known: bool = False) -> str:
    """The answer: headline and what it means; `nothing_known` as in `wording.headline`."""
    parts = [f'<p class="bv-headline" role="status">{_strong_names(wording.headline(advice, nothing_known))}</p>']
    if text := wording.expected(advice, week=wording.usual_week(advice)):
        parts.append(f"<p>{escape(text)}</p>")
    if text := wording.burden(advice):
        parts.append(f"<p>{escape(text)}</p>")
    return f'<div class="bv-answer">{"".join(parts)}</div>'


def _strong_names(text: str) -> str:
    """The text escaped, with treatments in bold."""
    text = escape(text)
    for treatment in TREATMENTS.values():
        for name in (treatment.title, treatment.name):
            text = text.replace(escape(name), f"<strong>{escape(name)}</strong>")
    return text


def refused_html(advice: Mapping[str, Any]) -> str:
    """Options that are greyed out, each with its reason; empty where there is none."""
    each = "".join(f"<li>{escape(wording.refusal(advice, option))}</li>" for option in wording.refused(advice))
    return f'<div class="bv-refused"><p>Not ranked, and why</p><ul>{each}</ul></div>' if each else ""


def classes_html(advice: Mapping[str, Any]) -> str:
    """What ranks first in each response class, where the class is not known yet."""
    first = {"first_arm": advice.get("first_arm")}
    each = "".join(
        f"<li><strong>If the response is {escape(answer['response'])}:</strong> "
        f"{escape(wording.headline(first | answer))}</li>"
        for answer in advice["by_response"]
    )
    return f'<ul class="bv-classes">{each}</ul>'


def strip_html(text: str) -> str:
    """The short answer that stays in sight on a phone, leading to the whole one."""
    return f'<p class="bv-strip"><span>{escape(text)}</span> <a href="#answer">See the answer</a></p>'


def plan_html(advice: Mapping[str, Any]) -> str:
    """The plan: first treatment, four response classes with chances, what then."""
    first = advice["recommended_first"]
    steps = "".join(_step_html(first, row) for row in advice["plan"])
    note = f'<p class="bv-small">{wording.SIMULATED}</p>' if advice["model"]["simulated"] else ""
    return (
        '<div class="bv-plan"><div class="bv-heads" aria-hidden="true"><span>weeks 0 to 12</span>'
        "<span>response at week 12</span><span>weeks 12 to 24</span></div>"
        f'<div class="bv-grid"><p class="bv-start bv-{first}"><span class="bv-when">Weeks 0 to 12</span> '
        "<strong>Start</strong> "
        f"{escape(arm_title(first))}</p>"
        f'<ul class="bv-steps" aria-label="Then, by response at week 12">{steps}</ul></div>{note}</div>'
    )


def _step_html(first: str, row: Mapping[str, Any]) -> str:
    share = round(100 * row["probability"])
    codes = [code for code in treatments_of(row["arm"]) if code not in treatments_of(first)] if row["arm"] else []
    kind = codes[0] if codes else (first if row["arm"] else "none")
    return (
        f'<li><div class="bv-class"><strong>{escape(row["response"])}</strong> '
        f"<span>{wording.of_100(row['probability'])}</span>"
        f'<span class="bv-bar" aria-hidden="true"><span style="width:{share}%"></span></span></div>'
        f'<div class="bv-then bv-{kind}"><span>{escape(wording.step(first, row["action"], row["arm"]))}</span>'
        f"{_doubts_html(row)}</div></li>"
    )


def _doubts_html(row: Mapping[str, Any]) -> str:
    doubts = [row["reason"]] if row.get("reason") else []
    others = [arm for arm in row["near_equal"] if arm != row["arm"]]
    if others:
        doubts.append(f"{wording.sentence(wording.listed(map(arm_name, others)))} cannot be told apart from it")
    if row.get("better_otherwise"):
        doubts.append(f"another option would be better for {wording.of_100(row['better_otherwise'])} of them")
    return f"<small>{escape('; '.join(doubts))}</small>" if doubts else ""


def people_html(advice: Mapping[str, Any], outcome: str, week: int, arms: Iterable[str]) -> str:
    """Of 100 people like this, who improves meaningfully: a block of 100 a plan; empty where no chance is given.

    Light HTML where `bestviz.figures.icon_array` draws the same for exports: 400 marks are slow in a chart that is
    drawn again with every change.
    """
    plans = people_of(advice, outcome, week, arms)
    blocks = "".join(
        f'<div class="bv-people bv-{treatments_of(arm)[0]}"><p>{escape(label_of(advice, arm, row))}</p>'
        f'<div aria-hidden="true">{_people(round(100 * row["chance_of_meaningful_improvement"]))}</div></div>'
        for arm, row in plans.items()
    )
    note = f'<p class="bv-small">{wording.SIMULATED}</p>' if blocks and advice["model"]["simulated"] else ""
    return f"{blocks}{note}"


def _people(improved: int) -> str:
    return "<b></b>" * improved + "<i></i>" * (100 - improved)


def remark_html(text: str) -> str:
    """What is wrong or unusual with a value, under its field."""
    return f'<p class="bv-small bv-remark" role="status">{escape(text)}</p>'


def notes_html(items: Iterable[str]) -> str:
    """What to keep in mind with the answer: where it is outside the data, or rests on an assumption."""
    return f'<div class="bv-notes"><p>Keep in mind</p>{list_html(items)}</div>'


def paragraph_html(text: str) -> str:
    """One plain paragraph."""
    return f"<p>{escape(text)}</p>"


def small_list_html(items: Iterable[str]) -> str:
    """Plain sentences as a list in small print."""
    return f'<ul class="bv-small">{"".join(f"<li>{escape(item)}</li>" for item in items)}</ul>'


def list_html(items: Iterable[str]) -> str:
    """Plain sentences as a list."""
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
