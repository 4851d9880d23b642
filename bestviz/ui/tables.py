"""Tables of the pages as semantic HTML; on a phone each row becomes a card. Every text from outside is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from bestviz import wording
from bestviz.trial import MEASURES, TREATMENTS, Measure, treatments_of
from bestviz.trial.measures import BURDEN_MEASURES
from bestviz.trial.schedule import PRIMARY_WEEK


def table_html(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a heading a column; the first cell of a row is the row's heading.

    Parameters
    ----------
    caption : str
        Plain text.
    heads : sequence of str
        Plain text, one a column.
    rows : iterable of sequences of str
        HTML, escaped by the caller.
    """
    columns = "".join(_head_html(head) for head in heads)
    body = "".join(_row_html(heads, cells) for cells in rows)
    return (
        f'<table class="bv-table" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{columns}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _head_html(head: str) -> str:
    """A column's heading; an empty one is no heading."""
    return f'<th scope="col" role="columnheader">{escape(head)}</th>' if head else '<td role="cell"></td>'


def _row_html(heads: Sequence[str], cells: Sequence[str]) -> str:
    data = "".join(
        f'<td role="cell" data-label="{escape(head)}">{cell}</td>'
        for head, cell in zip(heads[1:], cells[1:], strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{cells[0]}</th>{data}</tr>'


def measure_html(measure: Measure) -> str:
    """A measure with its scale, for the first cell of a row."""
    return f"{escape(measure.short)}<small>{escape(wording.scale(measure))}</small>"


def numbers_html(table: pd.DataFrame, title: str, simulated: bool) -> str:
    """The numbers under a figure: a row a row, the first column as heading of the row."""
    heads = [wording.sentence(str(name).replace("_", " ")) for name in table.columns]
    tail = f" {wording.SIMULATED}." if simulated else ""
    rows = ([_plain(value) for value in row] for row in table.itertuples(index=False))
    return table_html(f"{title}.{tail}", heads, rows)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return "not shown" if pd.isna(value) else f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(wording.category(str(value)))


# -- all outcomes of one plan -----------------------------------------------------------------------------------------


def outcomes_html(advice: Mapping[str, Any], arm: str, week: int) -> str:
    """All outcomes of one plan at one week."""
    heads = [
        "Outcome and its unit",
        f"Change from week 0 to {week} (95 % interval)",
        "Difference from enhanced self-care (95 % interval)",
        "Of 100 people, how many improve meaningfully (95 % interval)",
    ]
    compared = any(row["difference_from_esc"] is not None for row in advice["outcomes"])
    rows = []
    for row in _rows_of(advice, arm, week):
        measure = MEASURES[row["outcome"]]
        cells = [measure_html(measure), change_html(measure, row), _difference(measure, row), _chance(advice, row)]
        rows.append(cells if compared else [*cells[:2], cells[3]])
    heads = heads if compared else [*heads[:2], heads[3]]
    return table_html(f"{wording.plan_name(advice, arm)}, week {week}", heads, rows)


def _rows_of(advice: Mapping[str, Any], arm: str, week: int) -> list[Mapping[str, Any]]:
    """Rows of the outcome table of one plan and week, in the fixed order of measures."""
    order = list(MEASURES)
    found = [row for row in advice["outcomes"] if (row["arm"], row["week"]) == (arm, week) and row["outcome"] in order]
    return sorted(found, key=lambda row: order.index(row["outcome"]))


def change_html(measure: Measure, row: Mapping[str, Any]) -> str:
    """The expected change of an outcome with its interval; of side effects and stopping, how many people."""
    signed = measure.role != "burden"
    return f"{wording.amount(measure, row['change'], signed=signed)} {_ends(measure, row['change_interval'], signed)}"


def _ends(measure: Measure, ends: Iterable[float], signed: bool) -> str:
    factor, decimals = (100, 0) if measure.binary else (1, measure.decimals)
    return _whole(wording.interval([factor * end for end in ends], decimals, signed))


def _whole(interval: str) -> str:
    """An interval in brackets that no line break parts."""
    return f'<span class="bv-ends">({interval})</span>'


def difference_html(measure: Measure, difference: float, ends: Sequence[float]) -> str:
    """A difference between two plans with its interval and what it allows to say."""
    words = wording.clarity(measure, ends)
    return f"{wording.amount(measure, difference)} {_ends(measure, ends, True)}<small>{words}</small>"


def _difference(measure: Measure, row: Mapping[str, Any]) -> str:
    if row["difference_from_esc"] is None:
        return "is enhanced self-care" if row["arm"] == "ESC" else "not given"
    return difference_html(measure, row["difference_from_esc"], row["difference_interval"])


def chance_html(row: Mapping[str, Any]) -> str:
    """Of 100 people, how many improve meaningfully, with the interval; why not where it is not given."""
    chance = row["chance_of_meaningful_improvement"]
    if chance is None:
        return f"<small>{escape(row['reason'] or 'not given')}</small>"
    ends = " to ".join(wording.count_100(end) for end in row["chance_interval"])
    return f"{wording.count_100(chance)} {_whole(ends)}"


def _chance(advice: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    text = chance_html(row)
    other = wording.outcome_row(advice, "ESC", row["outcome"], row["week"])
    if row["chance_of_meaningful_improvement"] is None or row["arm"] == "ESC" or other is None:
        return text
    if other["chance_of_meaningful_improvement"] is not None:
        text += f"<small>{wording.count_100(other['chance_of_meaningful_improvement'])} with enhanced self-care</small>"
    return text


# -- two plans side by side -------------------------------------------------------------------------------------------


def comparison_html(
    advice: Mapping[str, Any], arms: tuple[str, str], week: int, differences: Iterable[Mapping[str, Any]]
) -> str:
    """All outcomes of two plans at one week beside each other, and the difference between them."""
    one, two = ({row["outcome"]: row for row in _rows_of(advice, arm, week)} for arm in arms)
    gaps = {row["outcome"]: row for row in differences if row["week"] == week}
    heads = ["Outcome and its unit", *(wording.plan_name(advice, arm) for arm in arms), "Difference"]
    rows = [
        [
            measure_html(measure := MEASURES[code]),
            *(_change_and_chance(measure, plan[code]) for plan in (one, two)),
            difference_html(measure, gaps[code]["difference"], gaps[code]["interval"]) if code in gaps else "not given",
        ]
        for code in one
        if code in two
    ]
    return table_html(f"Expected change from week 0 to {week} (95 % interval)", heads, rows)


def _change_and_chance(measure: Measure, row: Mapping[str, Any]) -> str:
    text = change_html(measure, row)
    if row["chance_of_meaningful_improvement"] is not None:
        text += f"<small>of 100 people, {chance_html(row)} improve meaningfully</small>"
    return text


# -- effort and harm beside benefit -----------------------------------------------------------------------------------


def effort_html(advice: Mapping[str, Any]) -> str:
    """What each option asks of the patient and risks, beside what it is expected to bring; a column an option."""
    arms = [option["arm"] for option in wording.ranked(advice)]
    known = {row["outcome"] for row in advice["outcomes"] if row["week"] == PRIMARY_WEEK}
    rows = [[f"PEG meaningfully better<small>{_OF_100}</small>", *(_better(advice, arm) for arm in arms)]]
    rows += [
        [
            f"{wording.sentence(wording.burden_words(code))}<small>{_OF_100}</small>",
            *(_happens(advice, arm, code) for arm in arms),
        ]
        for code in BURDEN_MEASURES
        if code in known
    ]
    for label, part in (("Visits", "visits"), ("At home", "home"), ("Usual unwanted effects", "usual_harm")):
        rows.append([label, *(_each(arm, part) for arm in arms)])
    heads = ["", *(wording.option_title(advice, arm) for arm in arms)]
    return table_html("Expected benefit, unwanted effects and effort of each option", heads, rows)


_OF_100 = f"by week {PRIMARY_WEEK}, of 100 people like this (95 % interval)"


def _better(advice: Mapping[str, Any], arm: str) -> str:
    row = wording.outcome_row(advice, arm, "peg", PRIMARY_WEEK)
    return chance_html(row) if row else "not given"


def _happens(advice: Mapping[str, Any], arm: str, outcome: str) -> str:
    row = wording.outcome_row(advice, arm, outcome, PRIMARY_WEEK)
    if row is None:
        return "not given"
    ends = " to ".join(wording.count_100(max(end, 0.0)) for end in row["change_interval"])
    return f"{wording.count_100(row['change'])} {_whole(ends)}"


def _each(arm: str, part: str) -> str:
    """One part of the effort of an arm; of two treatments, each by its name."""
    codes = treatments_of(arm)
    texts = [wording.sentence(getattr(TREATMENTS[code].effort, part)) for code in codes]
    if len(codes) == 1:
        return escape(texts[0])
    return "<br>".join(
        f"{escape(TREATMENTS[code].title)}: {escape(text)}" for code, text in zip(codes, texts, strict=True)
    )


# -- observed against predicted ---------------------------------------------------------------------------------------


def observed_html(rows: Iterable[Mapping[str, Any]]) -> str:
    """What was measured at week 12 against what had been expected at the start.

    Parameters
    ----------
    rows : iterable of mapping
        Keys outcome, observed, expected, person_interval (80 %), verdict (words).
    """
    heads = ["Measured at week 12", "Observed", "Expected at the start", "8 of 10 people like this", "So it went"]
    return table_html(
        "Observed against what had been expected at week 0",
        heads,
        (
            [
                measure_html(measure := MEASURES[row["outcome"]]),
                _level(measure, row["observed"]),
                _level(measure, row["expected"]),
                " to ".join(_level(measure, end) for end in row["person_interval"]),
                escape(row["verdict"]),
            ]
            for row in rows
        ),
    )


def _level(measure: Measure, value: float) -> str:
    if measure.binary:
        return "yes" if value >= 1 else "no" if value <= 0 else wording.of_100(value)
    return wording.number(value, measure.decimals)
