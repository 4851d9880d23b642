"""A small hand-made trial and a way to damage it, one cell at a time."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bestviz.data import DatasetInfo, Trial, validate, write_trial
from bestviz.data.bacpac.promis import T_SCORES
from bestviz.data.problems import Problem
from bestviz.trial import ASSESSED, COLUMNS, MEASURES, RESPONSE_CLASSES, SINGLE_ARMS, refusals_first, refusals_second

SAMPLE = Path(__file__).resolve().parents[3] / "shared" / "data" / "bacpac_sample"


def hand_made(n: int = 60, seed: int = 0) -> Trial:
    """A valid trial with every column, gaps, values on and off the scoring tables; no claim to look like BEST."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        site = int(rng.integers(1, 4))
        row: dict[str, object] = {"id": f"B-{site:02d}-{number:05d}", "site": f"{site:02d}"}
        for column in COLUMNS.values():
            if column.name in row or column.use in ("design",):
                continue
            if column.kind == "category":
                row[column.name] = str(rng.choice(column.values))
            elif column.kind == "boolean":
                row[column.name] = bool(rng.random() < 0.3)
            elif column.kind == "integer":
                row[column.name] = float(rng.integers(int(column.minimum), int(column.maximum) + 1))
            elif column.kind == "number":
                row[column.name] = round(float(rng.uniform(column.minimum, column.maximum * 0.9)), 1)
            if column.use == "input" and rng.random() < 0.1:
                row[column.name] = None
        row["age"] = float(rng.integers(18, 90)) if seed % 2 else float(rng.integers(180, 900)) / 10
        barred = rng.choice([*SINGLE_ARMS, None], p=[0.02, 0.05, 0.05, 0.3, 0.58])
        for arm in SINGLE_ARMS:
            row[f"contraindicated_{arm.lower()}"] = arm == barred
        excluded = {barred: "barred"} if barred else {}
        row["stopped_for_harm"] = bool(row["stopped_first"]) and rng.random() < 0.3
        first_arms = [arm for arm, no in refusals_first(excluded).items() if no is None]
        row["first_arm"] = str(rng.choice(first_arms))
        row["first_probability"] = 1 / len(first_arms)
        response = RESPONSE_CLASSES[int(rng.integers(4))]
        refusals = refusals_second(row["first_arm"], response, excluded, row["stopped_for_harm"])
        second_arms = [arm for arm, no in refusals.items() if no is None]
        stays = bool(second_arms) and rng.random() < 0.85
        row["response"] = response if stays else None
        row["second_arm"] = str(rng.choice(second_arms)) if stays else None
        row["second_probability"] = 1 / len(second_arms) if stays else None
        rows.append(row)
    people = pd.DataFrame(rows).set_index("id")
    people.index = people.index.astype("str")
    people = people[[name for name in COLUMNS if name in people]]
    kinds = {"text": "str", "category": "str", "boolean": "boolean", "number": "float64", "integer": "float64"}
    people = people.astype({name: kinds[COLUMNS[name].kind] for name in people})
    deep = pd.DataFrame(rng.normal(5, 2, (n, 3)), index=people.index, columns=["ppt_low_back", "TSP", "walk 4 m"])
    deep = deep.mask(rng.random(deep.shape) < 0.1)[rng.random(n) < 0.6].dropna(how="all")
    info = DatasetInfo("hand-made", "für Tests", simulated=True, date="2026-01-31", source="tests")
    return Trial(people, assessments(people, rng), deep, info)


def assessments(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for person in people.index:
        for code in ASSESSED:
            measure = MEASURES[code]
            for week in measure.weeks:
                if rng.random() < 0.08 and (code, week) != ("peg", 0):
                    continue
                if code == "peg":
                    value = int(rng.integers(12 if week == 0 else 0, 31)) / 3
                elif measure.binary or code in ("pgic", "pain_intensity"):
                    value = float(rng.integers(int(measure.minimum), int(measure.maximum) + 1))
                elif code in T_SCORES and rng.random() < 0.5:
                    value = float(rng.choice(list(T_SCORES[code].values())))
                else:
                    value = float(rng.uniform(measure.minimum, measure.maximum))
                rows.append((person, week, code, value))
    frame = pd.DataFrame(rows, columns=["id", "week", "measure", "value"])
    frame = frame.sort_values(["id", "week", "measure"], ignore_index=True)
    return frame.astype({"id": "str", "measure": "str"})


class Folder:
    """A data folder on disk whose cells can be changed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, file: str) -> list[list[str]]:
        with open(self.path / file, encoding="utf-8", newline="") as handle:
            return list(csv.reader(handle))

    def put(self, file: str, rows: list[list[str]]) -> None:
        with open(self.path / file, "w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(rows)

    def find(self, file: str, **cells: str) -> int:
        """Line of the first row with these cells."""
        header, *rows = self.rows(file)
        wanted = [(header.index(name), value) for name, value in cells.items()]
        return next(n for n, row in enumerate(rows, 2) if all(row[at] == value for at, value in wanted))

    def cell(self, file: str, line: int, column: str) -> str:
        rows = self.rows(file)
        return rows[line - 1][rows[0].index(column)]

    def set(self, file: str, line: int, column: str, value: str) -> None:
        rows = self.rows(file)
        rows[line - 1][rows[0].index(column)] = value
        self.put(file, rows)

    def column(self, file: str, column: str, values: Callable[[int, list[str]], str]) -> None:
        """Add or replace a whole column."""
        header, *rows = self.rows(file)
        at = header.index(column) if column in header else len(header)
        table = [[*header[:at], column, *header[at + 1 :]]]
        table += [[*row[:at], values(n, row), *row[at + 1 :]] for n, row in enumerate(rows, 2)]
        self.put(file, table)

    def rename(self, file: str, old: str, new: str) -> None:
        header, *rows = self.rows(file)
        self.put(file, [[new if name == old else name for name in header], *rows])

    def append(self, file: str, **cells: str) -> int:
        rows = self.rows(file)
        rows.append([cells.get(name, "") for name in rows[0]])
        self.put(file, rows)
        return len(rows)

    def problems(self, **wanted: object) -> list[Problem]:
        """Findings with these fields."""
        found = validate(self.path).problems
        return [p for p in found if all(getattr(p, name) == value for name, value in wanted.items())]


@pytest.fixture(scope="session")
def trial() -> Trial:
    return hand_made()


@pytest.fixture
def tables(trial: Trial, tmp_path: Path) -> Folder:
    """The hand-made trial as three tables."""
    return Folder(write_trial(trial, tmp_path / "tables"))


@pytest.fixture
def bacpac(trial: Trial, tmp_path: Path) -> Folder:
    """The hand-made trial as a BACPAC folder."""
    return Folder(write_trial(trial, tmp_path / "bacpac", format="bacpac"))


@pytest.fixture
def make_trial() -> Callable[..., Trial]:
    return hand_made


@pytest.fixture(scope="session")
def sample() -> Path:
    if not SAMPLE.is_dir():
        pytest.skip("the consortium's public sample (shared/data/bacpac_sample) is not here")
    return SAMPLE
