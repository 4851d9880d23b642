"""What matters, as semantic HTML: the weights in force as a thin bar with words, and two futures side by side.

Every text is escaped here. The rules of style come with the parts, as they are used nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import ceil

from bestviz import wording
from bestviz.advice.elicitation import Question
from bestviz.advice.elicitation.attributes import ATTRIBUTES
from bestviz.trial import MEASURES, Measure
from bestviz.wording import preferences as words

STYLE = """<style>
.bv-weights p{margin:0 0 .35rem}
.bv-stack{display:flex;gap:2px;height:.5rem;margin:0 0 .25rem}
.bv-stack span{background:var(--bv-accent);min-width:2px}
.bv-stack span:nth-child(even){opacity:.55}
.bv-futures{display:grid;grid-template-columns:1fr 1fr;grid-template-rows:repeat(3,auto);gap:.5rem .75rem}
.bv-future,.bv-future ul{display:grid;grid-template-rows:subgrid;margin:0}
.bv-future{grid-row:span 3;border:1px solid var(--bv-line);border-radius:.25rem;padding:.6rem .75rem}
.bv-future{background:var(--bv-panel)}
.bv-future p{margin:0;font-size:1.25rem;font-weight:600}
.bv-future ul{grid-row:span 2;list-style:none;padding:0!important}
.bv-future li{margin:0;display:block}
.bv-future strong,.bv-future small{display:block}
.bv-future small{font-size:.8125rem;color:var(--bv-muted);line-height:1.35}
.bv-track{display:flex;gap:3px;margin:.3rem 0}
.bv-track span{flex:1;height:.75rem;border:1px solid var(--bv-muted);border-radius:2px}
.bv-as-now{color:var(--bv-muted)}
</style>"""


def weights_html(shares: Mapping[str, int]) -> str:
    """The weights in force: words, and a bar with one part an outcome, largest first."""
    parts = "".join(f'<span style="flex:{share}"></span>' for share in sorted(shares.values(), reverse=True) if share)
    return (
        f'<div class="bv-weights"><p role="status"><strong>What counts now, of 100:</strong> '
        f'{escape(words.weights_line(shares))}</p><div class="bv-stack" aria-hidden="true">{parts}</div></div>'
    )


def futures_html(question: Question, measures: Mapping[str, Measure], today: Mapping[str, float]) -> str:
    """The two futures of a question as cards, each outcome with the steps it gets better.

    Parameters
    ----------
    question : Question
    measures : mapping of outcome to Measure
        With the meaningful changes used.
    today : mapping of outcome to float
        The patient's values today, where they are known.
    """
    rows = question.rows(measures)
    sizes = [max(ATTRIBUTES[row.outcome].steps) for row in rows]
    boxes = ceil(max(sizes))
    cards = []
    for side, gain in (("A", question.a), ("B", question.b)):
        items = ""
        for row in rows:
            steps = gain.steps if gain.outcome == row.outcome else 0.0
            then = words.today_then(measures[row.outcome], today.get(row.outcome), steps) if steps else ""
            text = row.a if side == "A" else row.b
            items += _line(row.label, row.meaning, text, then, steps, boxes)
        cards.append(f'<section class="bv-future" aria-label="Future {side}"><p>{side}</p><ul>{items}</ul></section>')
    return f'<div class="bv-futures">{"".join(cards)}</div>'


def _line(label: str, meaning: str, text: str, then: str, steps: float, boxes: int) -> str:
    kind = "" if steps else ' class="bv-as-now"'
    detail = f"<small>{escape(then)}</small>" if then else ""
    return (
        f"<li><strong>{escape(wording.sentence(label))}</strong><small>{escape(meaning)}</small>"
        f"{_track(steps, boxes)}<span{kind}>{escape(text)}</span>{detail}</li>"
    )


def _track(steps: float, boxes: int) -> str:
    """Boxes, filled as far as it gets better."""
    filled = [min(max(steps - place, 0.0), 1.0) for place in range(boxes)]
    parts = "".join(
        f'<span style="background:linear-gradient(90deg,var(--bv-accent) {100 * share:.0f}%,transparent 0)"></span>'
        for share in filled
    )
    return f'<span class="bv-track" aria-hidden="true">{parts}</span>'


def today_of(baseline: Mapping[str, object]) -> dict[str, float]:
    """The patient's values today of outcomes that have a scale."""
    found = {code: value for code, value in baseline.items() if code in MEASURES and not MEASURES[code].binary}
    return {code: float(value) for code, value in found.items() if isinstance(value, int | float)}
