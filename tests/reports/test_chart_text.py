import pytest

from bestviz import wording
from bestviz.reports.chart_text import chart_text

from .conftest import LONG, TODAY, everything, long_first, long_second


def test_simulated_data_come_first_and_only_where_they_are(advice, patient):
    assert chart_text(advice, patient).splitlines()[0] == f"{wording.SIMULATED}."
    advice["model"]["simulated"] = False
    assert wording.SIMULATED not in chart_text(advice, patient)


@pytest.mark.parametrize(("advice", "patient"), [(long_first(), everything()), (long_second(), everything(12))])
def test_at_most_45_lines(advice, patient):
    text = chart_text(advice, patient, exclusions=("adult",), tried={"DUL": "helped"})
    assert len(text.splitlines()) <= 45
    assert text.count(LONG) == 3  # a red flag, what was tried, three of twelve notes, and how many more
    assert "and 9 more: see the page in BestViz" in text


def test_the_lines(advice, patient):
    lines = chart_text(advice, patient | {"contraindicated": {"ACT": "no"}}, today=TODAY).splitlines()
    assert lines[1] == "Treatment options for chronic low-back pain, week 0, 22 November 2026"
    assert lines[2] == wording.headline(advice)
    assert "Known: PEG 6.7 points; Age 58 years." in lines
    assert "1. Exercise and manual therapy: 1.55 (1.10 to 2.00), best in 52 of 100; ranks first" in lines
    assert "excellent, 14 of 100: Continue exercise and manual therapy" in lines
    peg = next(line for line in lines if line.startswith("PEG (pain and activity), week 24:"))
    row = wording.outcome_row(advice, "EBEM", "peg", 24)
    assert wording.number(row["change"], 1, signed=True) in peg
    assert "points, lower is better; against enhanced self-care" in peg
    assert f"better by 1 point or more: {wording.of_100(row['chance_of_meaningful_improvement'])}" in peg
    assert wording.NATURAL_COURSE in lines


def test_week_12_compares_with_nothing():
    text = chart_text(long_second(), everything(12))
    assert "against enhanced self-care" not in text
    assert "1. Adding enhanced self-care:" in text
    assert "Impression of change 3 (1 very much improved to 7 very much worse)" in text
