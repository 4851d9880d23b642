"""From kept lines to the tables of the document, by hand."""

import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import chances_report, report, shares_report
from benchmarks.markdown import Mean, number, verdict, with_interval
from bestviz.study.lines import open_lines
from bestviz.study.settings import Settings

WORLD = {"oracle": 3.0, "fixed": 2.0, "random": 1.0, "spread": 2.0}
VALUES = {"ensemble": [2.5, 2.7], "lasso": [2.4, 2.4], "lasso_pooled": [2.3, 2.7], "best_fixed": [1.9, 1.9]}

SIZE = {
    "n": 805, "replicates": 50, "learner": "additive", "fit_seconds": 5.75, "save_seconds": 0.67, "load_seconds": 0.61,
    "advice_seconds": 0.027, "again_seconds": 0.033, "file_mb": 10.9, "fit_mb": 346, "peak_mb": 442,
}  # fmt: skip


def shares(scenario: str = "planning", values: dict[str, list[float]] = VALUES, **world: float) -> list[dict[str, Any]]:
    return [
        {
            "settings": Settings(scenario, 630, name, replicates=0).to_dict(), "repeat": at, "seed": 1000 + at,
            "value": value, "fit_seconds": 1.25,
        } | WORLD | world
        for name, own in values.items()
        for at, value in enumerate(own)
    ]  # fmt: skip


def judged(scenario: str, number: int, **found: Any) -> dict[str, Any]:
    return {"settings": Settings(scenario, 630).to_dict(), "repeat": number, "seed": 1000 + number} | found


def test_means_intervals_and_verdicts_by_hand() -> None:
    mean = Mean.of([1.0, 3.0, float("nan")])
    assert (mean.value, mean.error, mean.trials) == (2.0, 1.0, 2)
    assert mean.interval == pytest.approx((2 - 12.706, 2 + 12.706), abs=1e-3)
    assert with_interval(mean, 1) == "2.0 (−10.7 to 14.7)"
    both = Mean.over([Mean(1.0, 3.0, 5), Mean(3.0, 4.0, 5)])
    assert (both.value, both.error, both.trials) == (2.0, 2.5, 10)
    assert verdict(mean, 2.0) == "met"
    assert verdict(mean, 3.0) == "unclear"
    assert verdict(Mean(2.0, 0.1, 50), 3.0) == "**missed**"
    assert [number(-0.001, 2), number(-1.5, 1)] == ["0.00", "−1.5"]


def test_shares_losses_and_differences_by_hand() -> None:
    (world,) = shares_report.scenarios_of(shares())
    assert (world.gain, world.best_peer) == (1.0, "lasso_pooled")
    share, above, loss = world.share("ensemble"), world.above("lasso_pooled"), world.loss("ensemble")
    assert (share.value, share.error) == pytest.approx((60, 10))
    assert (above.value, above.error) == pytest.approx((10, 10))
    assert (loss.value, loss.error) == pytest.approx((-0.3, 0.05))
    behind = world.behind("best_fixed")
    assert (behind.value, behind.error) == pytest.approx((-0.35, 0.05))
    assert world.behind("policy_tree").trials == 0


def test_differences_pair_the_trials_that_both_have() -> None:
    lines = [line for line in shares() if (line["settings"]["learner"], line["seed"]) != ("lasso", 1001)]
    (world,) = shares_report.scenarios_of(lines)
    assert (world.above("lasso").value, world.above("lasso").trials) == (pytest.approx(10), 1)


def test_without_a_gain_there_is_no_share_but_a_loss() -> None:
    (world,) = shares_report.scenarios_of(shares("none", oracle=2.001))
    assert not world.has_gain
    assert world.share("ensemble").trials == 0
    assert world.loss("ensemble").value == pytest.approx(-0.3)


def test_lines_that_are_unavailable_are_left_out() -> None:
    failed = {"settings": Settings("planning", 630, "policy_tree").to_dict(), "repeat": 0, "unavailable": "not there"}
    (world,) = shares_report.scenarios_of([*shares(), failed])
    assert "policy_tree" not in world.values


def test_the_section_on_shares_says_what_the_targets_came_to() -> None:
    text = "\n".join(shares_report.report([*shares(), *shares("none", oracle=2.0)]))
    assert "| planning | 630 | 2 | 0.50 | 60 (10) | – | 40 (0) | 50 (20) | – | – | – | – | −10 (0) |" in text
    assert "| planning | pooled lasso (the planned learner) | 10.0 (−117.1 to 137.1) | met |" in text
    assert "| none | −0.300 (−0.935 to 0.335) | met | 0.050 (0.050 to 0.050) | −0.350 (−0.985 to 0.285) | met |" in text
    assert "learned regime 86.7 (44.3 to 129.0) (aim 94: unclear)" in text
    assert "paired difference 3.3 (−39.0 to 45.7) (target at least 0: met)" in text


def test_coverage_pools_cases_over_trials_and_marks_what_is_outside() -> None:
    lines = [judged("demo", k, means_covered=[19.0, 20], person_covered=[5.0 + k, 10], set_size=[5, 2]) for k in (0, 1)]
    table = chances_report.by_scenario(lines, chances_report.COVERED, chances_report.size_of_set)
    assert table[2].startswith("| demo | ensemble | 60 | 2 | 0 | 95.0 (0.0) | – | **55.0**")
    assert table[2].endswith("| – | 2.5 |")
    assert table[-1] == "| target |  |  |  |  | 90 to 98 | 90 to 98 | 77 to 83 | at least 95 |  |"


def test_trials_that_failed_are_counted() -> None:
    lines = [judged("demo", 0, means_covered=[19.0, 20]), judged("demo", 1, unavailable="no second arms")]
    assert chances_report.by_scenario(lines, chances_report.COVERED)[2].startswith("| demo | ensemble | 60 | 1 | 1 |")


def test_chances_by_tenth_are_pooled_over_trials() -> None:
    bins = [[0.0, 0.0, 0.0]] * 10
    bins[3] = [35.0, 42.0, 100.0]
    table = chances_report.chances_table([judged("demo", k, chances=bins) for k in range(2)])
    (row,) = table[2:]
    assert row.startswith("| 35.0 | 42.0 (")
    assert row.endswith("| **7.0** | 200 |")


def test_the_document_is_written_to_the_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_lines(tmp_path / "shares-planning.jsonl.gz") as file:
        for line in shares():
            file.append(line)
    with open_lines(tmp_path / "scale-quick.jsonl.gz") as file:
        file.append({"part": "805 50 additive", "lines": [SIZE]})
    document = tmp_path / "benchmarks.md"
    document.write_text(f"# Before\n{report.BEGIN}\nold\n{report.END}\n# After\n")
    arguments = ["report.py", "--results", str(tmp_path), "--document", str(document)]
    monkeypatch.setattr(sys, "argv", arguments)
    report.main()
    first = document.read_text()
    assert first.startswith(f"# Before\n{report.BEGIN}\n### How much")
    assert "| 805 | 50 | additive | 5.8 | 0.7 | 0.6 | 0.03 | 0.03 | 10.9 | 346 | 442 |  |" in first
    assert first.endswith(f"|\n{report.END}\n# After\n")
    report.main()
    assert document.read_text() == first
    monkeypatch.setattr(sys, "argv", [*arguments, "--check"])
    report.main()
    document.write_text(first.replace("60 (10)", "61 (10)"))
    with pytest.raises(SystemExit, match="is not what the lines in"):
        report.main()


@pytest.mark.parametrize("document", ["no marks", f"{report.END}{report.BEGIN}", 2 * f"{report.BEGIN}{report.END}"])
def test_a_document_without_its_marks_is_refused(document: str) -> None:
    with pytest.raises(report.StudyError, match="once each and in this order"):
        report.replaced(document, "x")


def test_the_document_of_the_project_has_its_marks() -> None:
    report.replaced((report.HERE.parent / "docs" / "benchmarks.md").read_text(), "x")
