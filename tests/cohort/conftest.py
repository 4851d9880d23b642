"""Small trials: one simulated, one made by hand."""

import pandas as pd
import pytest

import bestviz
from bestviz.data import Trial
from bestviz.data.dataset import DatasetInfo


@pytest.fixture(scope="session")
def simulated():
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture
def make():
    """``make(people, peg)``: a trial of rows of participants and `{(id, week): PEG}`."""

    def build(people, peg=None):
        table = pd.DataFrame(people).set_index("id")
        table["first_arm"] = table["first_arm"].astype("str")
        table["second_arm"] = pd.Series(table.get("second_arm"), table.index, dtype="str")
        for name in table.columns:
            if name.startswith(("contraindicated", "stopped", "adverse")):
                table[name] = table[name].astype("boolean")
        rows = [(person, week, "peg", value) for (person, week), value in sorted((peg or {}).items())]
        values = pd.DataFrame(rows, columns=["id", "week", "measure", "value"])
        return Trial(table, values, None, DatasetInfo("made by hand"))

    return build


@pytest.fixture
def many(make):
    """``many({"ESC": 20, "ACT": 15}, **columns)``: so many people of each arm; a column is a function of the number."""

    def build(sizes, peg=None, **columns):
        people = []
        for arm, size in sizes.items():
            for number in range(size):
                row = {"id": f"{arm}{number:03}", "first_arm": arm}
                people.append(row | {name: value(arm, number) for name, value in columns.items()})
        return make(people, peg)

    return build
