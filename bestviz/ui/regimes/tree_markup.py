"""The readable tree as a nested list: it reads aloud in order, fits a phone, and needs no pointer."""

from __future__ import annotations

from html import escape

from bestviz import wording
from bestviz.advice.evaluation_tree import Answer, Question, Rule, option_words
from bestviz.trial import treatments_of
from bestviz.wording import regimes as words

STYLE = """<style>
.bv-tree ul{list-style:none;margin:0;padding:0 0 0 1rem!important;border-left:2px solid var(--bv-line)}
.bv-tree>ul{padding-left:0!important;border-left:0}
.bv-tree li{margin:.5rem 0 0}
.bv-tree p{margin:0 0 .25rem}
.bv-tree small{display:block;font-size:.8125rem;color:var(--bv-muted)}
.bv-leaf{padding:.5rem .75rem;border-left:.4rem solid var(--bv-c);background:var(--bv-t);border-radius:.25rem}
</style>"""


def rule_html(rule: Rule, label: str, simulated: bool) -> str:
    """One stage of the tree; `label` says which."""
    note = f'<p class="bv-small">{wording.SIMULATED}</p>' if simulated else ""
    body = _node_html(rule.root, rule)
    body = body if isinstance(rule.root, Question) else f"<ul><li><p>Everybody</p>{body}</li></ul>"
    return (
        f'<div class="bv-tree" role="group" aria-label="{escape(label)}">{body}</div>'
        f'<p class="bv-small">{escape(words.instead(map(option_words, rule.instead), rule.swaps))}</p>{note}'
    )


def _node_html(node: Question | Answer, rule: Rule) -> str:
    if isinstance(node, Answer):
        return _leaf_html(node, rule)
    about = escape(node.about)
    unknown = f"<small>Where it is not known: as for {escape(node.unknown)}</small>"
    return (
        f"<ul><li><p>If <strong>{about}</strong> is <strong>{escape(node.true)}</strong>{unknown}</p>"
        f"{_node_html(node.if_true, rule)}</li>"
        f"<li><p>If <strong>{about}</strong> is <strong>{escape(node.otherwise)}</strong></p>"
        f"{_node_html(node.if_otherwise, rule)}</li></ul>"
    )


def _leaf_html(leaf: Answer, rule: Rule) -> str:
    may = "all" if leaf.allowed == 1 else wording.of_100(leaf.allowed)
    gained = words.estimate(leaf.utility.value, leaf.utility.interval, 2, signed=True)
    return (
        f'<div class="bv-leaf bv-{_color(leaf.option)}"><strong>{escape(wording.sentence(option_words(leaf.option)))}'
        f"</strong><small>{leaf.people} people, {wording.of_100(leaf.people / rule.people)}; "
        f"{may} of them may have it</small>"
        f"<small>Improvement since week 0: {gained} meaningful changes (95 % interval)</small></div>"
    )


def _color(option: str) -> str:
    arm = option.split(" ")[-1]
    return "none" if option == "continue" else treatments_of(arm)[-1]
