"""Data that several commands read."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bestviz.cli import main


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `simulate` writes: 60 people, and the truth."""
    folder = tmp_path_factory.mktemp("data") / "trial"
    result = CliRunner().invoke(main, ["simulate", "--n", "60", "--seed", "3", "--out", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def broken(data: Path, tmp_path: Path) -> Path:
    """The data with two values outside their instrument."""
    for path in data.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (data / "assessments.csv").read_text().splitlines()
    person, week, measure, _ = lines[1].split(",")
    lines[1:3] = [f"{person},{week},{measure},999", f"{person},0,nonsense,1"]
    (tmp_path / "assessments.csv").write_text("\n".join(lines) + "\n")
    return tmp_path
