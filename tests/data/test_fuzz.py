"""Whatever bytes a folder holds: findings, never an exception."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bestviz.data import validate

LOOSE = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = ["0", "12", "-1", "1e999", "1e30", "nan", "id", "week", "measure", "value", "peg", "pgic", "first_arm", "ACT"]
WORDS += ["USUBJID", "QSTESTCD", "QSSTRESN", "QSSTRESC", "VISITNUM", "PEG1", "PSQI4", "PT6H", "PGIC1", "Yes", "é", '"']
CELLS = st.sampled_from(["", *WORDS])
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6).map(
    lambda rows: "\n".join(",".join(row) for row in rows).encode()
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    from bestviz.data import write_trial

    spec = spec_from_file_location("_made", Path(__file__).with_name("conftest.py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    trial, root = module.hand_made(n=3, seed=1), tmp_path_factory.mktemp("fuzz")
    return {
        "tables": write_trial(trial, root / "tables"),
        "parquet": write_trial(trial, root / "parquet", parquet=True),
        "bacpac": write_trial(trial, root / "bacpac", format="bacpac"),
    }


FILES = [
    *(("tables", f"{stem}.csv") for stem in ("participants", "assessments", "deep")),
    ("tables", "dataset.json"),
    *(("parquet", f"{stem}.parquet") for stem in ("participants", "assessments")),
    *(("bacpac", f"{stem}.csv") for stem in ("DM", "SC", "QSMD", "FT", "assignments", "EX")),
]


def validated(folders, tmp_path_factory, form, file, data):
    folder = tmp_path_factory.mktemp("damaged") / "data"
    shutil.copytree(folders[form], folder)
    old = (folder / file).read_bytes() if (folder / file).exists() else b""
    (folder / file).write_bytes(data(old))
    found = validate(folder)
    shutil.rmtree(folder.parent)
    assert found.trial is not None or found.errors
    return found


@LOOSE
@given(place=st.sampled_from(FILES), data=st.binary(max_size=300) | TABLES)
def test_any_content(folders, tmp_path_factory, place, data):
    validated(folders, tmp_path_factory, *place, lambda old: data)


@LOOSE
@given(place=st.sampled_from(FILES), share=st.floats(0, 1))
def test_any_cut(folders, tmp_path_factory, place, share):
    validated(folders, tmp_path_factory, *place, lambda old: old[: int(len(old) * share)])


@LOOSE
@given(place=st.sampled_from(FILES), data=st.data())
def test_a_few_other_bytes(folders, tmp_path_factory, place, data):
    def damage(old):
        new = bytearray(old or b"USUBJID\n")
        for _ in range(data.draw(st.integers(1, 5))):
            new[data.draw(st.integers(0, len(new) - 1))] = data.draw(st.integers(0, 255))
        return bytes(new)

    validated(folders, tmp_path_factory, *place, damage)
