"""A reader with every table of a view, and the same tables of everybody, solves for the people that are not shown.

The attack knows the tables as text and the design of the trial, nothing of how counts were hidden. It asks, over whole
people, for the smallest and the largest number that agree with all of it.
"""

import io
import itertools
import math
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

import bestviz
from bestviz.cohort import baseline, events, flow, responses, sequences
from bestviz.cohort.selection import Filters, select
from bestviz.reports.pack import make_pack
from bestviz.trial import MEASURES, RESPONSE_CLASSES, SINGLE_ARMS, action_of
from bestviz.trial.columns import COLUMNS
from bestviz.trial.sequences import permitted_second_arms

NAMES = {name: name for name in (*COLUMNS, *MEASURES)}
UNKNOWN = "not known"


def ends(text):
    """What a cell of a table says: its lower and its upper end; nothing where nothing is shown."""
    text = str(text).split(" ")[0]
    if text.startswith("<"):
        return 0, int(text[1:]) - 1
    if text.startswith(">"):
        return int(text[1:]) + 1, math.inf
    return (int(text), int(text)) if text.isdigit() else (0, math.inf)


class Reader:
    """Cells of people by their attributes, how many there truly are, and what is known of sums of them."""

    def __init__(self, people, possible):
        self.names = list(people.columns)
        true = people.value_counts()
        self.cells = sorted(set(possible) | set(true.index))
        self.true = np.array([int(true.get(cell, 0)) for cell in self.cells])
        self.rows, self.low, self.high = [], [], []

    def rows_of(self, **wanted):
        row = np.ones(len(self.cells))
        for name, value in wanted.items():
            row *= [cell[self.names.index(name)] == value for cell in self.cells]
        return row

    def told(self, text, **wanted):
        low, high = text if isinstance(text, tuple) else ends(text)
        row = self.rows_of(**wanted)
        assert low <= row @ self.true <= high, (text, wanted, row @ self.true)
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def targets(self):
        """Every number of 1 to 9 people with some attributes in common."""
        found = {}
        for size in range(1, len(self.names) + 1):
            for columns in itertools.combinations(range(len(self.names)), size):
                groups = {}
                for place, cell in enumerate(self.cells):
                    groups.setdefault(tuple(cell[c] for c in columns), []).append(place)
                for values, places in groups.items():
                    if 0 < self.true[places].sum() < 10:
                        row = np.zeros(len(self.cells))
                        row[places] = 1
                        found.setdefault(row.tobytes(), (row, dict(zip(columns, values, strict=True))))
        return found.values()

    def gives_away(self):
        """The numbers that are known exactly."""
        rules = LinearConstraint(np.array(self.rows), self.low, self.high)
        worlds, caught = [self.true.astype(float)], []
        for row, wanted in self.targets():
            for sign in (1, -1):
                if np.ptp(np.array(worlds) @ row) > 0:  # a world in which it is another number is enough
                    break
                found = milp(sign * row, integrality=np.ones(len(row)), bounds=Bounds(0, np.inf), constraints=rules)
                worlds.append(self.true if found.x is None else np.round(found.x))
            if np.ptp(np.array(worlds) @ row) == 0:
                caught.append((wanted, int(row @ self.true)))
        return caught


MADE = {}


def tables(cohort):
    key = cohort.trial.digest, cohort.filters
    if key not in MADE:
        MADE[key] = make_tables(cohort)
    return MADE[key]


def make_tables(cohort):
    found = {"flow": flow.flow_table(flow.participant_flow(cohort))}
    found["response"] = responses.responses_table(responses.responses(cohort))
    found["sequences"] = sequences.sequences_table(sequences.sequences(cohort))
    found["baseline"] = baseline.baseline_table(baseline.baseline(cohort), NAMES)
    missing = {code: responses.missing_table(responses.missing(cohort, code)) for code in responses.assessed(cohort)}
    found["missing"] = pd.concat([table.assign(measure=code) for code, table in missing.items()])
    found["events 1"], found["events 2"] = (events.events_table(events.events(cohort, period)) for period in (1, 2))
    return found


def views(cohort):
    """What a reader has: the view, and that of everybody; and who is in the first."""
    whole = select(cohort.trial, Filters())
    here = pd.Series(whole.people.index.isin(cohort.people.index), whole.people.index)
    return whole, here, [({"here": True}, cohort)] + ([({}, whole)] if cohort is not whole else [])


def sides(cohort):
    return (True, False) if cohort.filters.chosen else (True,)


def journeys_reader(cohort, made=None):
    whole, here, seen = views(cohort)
    lacks = {c: whole.values(c, 12).isna().map({True: "missing", False: "known"}) for c in ("peg", "pgic")}
    people = pd.DataFrame({
        "arm": whole.first, "response": whole.response.astype(object).fillna(UNKNOWN),
        "second": whole.people["second_arm"].astype(object).fillna("none"), **lacks, "here": here,
    })  # fmt: skip
    people["action"] = [
        "none" if two == "none" else action_of(one, two)
        for one, two in zip(people["arm"], people["second"], strict=True)
    ]
    people["again"] = people["second"] != "none"
    patterns = {}
    for known, rows in people.groupby(people["response"] != UNKNOWN):
        patterns[known] = {*rows[["peg", "pgic"]].itertuples(index=False, name=None)}
    patterns[False] = patterns.get(False, set()) | {("missing", "missing")}
    possible = []
    for arm, one, side in itertools.product(SINGLE_ARMS, (*RESPONSE_CLASSES, UNKNOWN), sides(cohort)):
        for two in ("none",) if one == UNKNOWN else ("none", *permitted_second_arms(arm, one)):
            for peg, pgic in patterns[one != UNKNOWN]:
                action = "none" if two == "none" else action_of(arm, two)
                possible.append((arm, one, two, peg, pgic, side, action, two != "none"))
    reader = Reader(people, possible)
    for side, view in seen:
        tell_journeys(reader, made if made and view is cohort else tables(view), side)
        reader.told((len(view), len(view)), **side)
    return reader


def tell_journeys(reader, tables, side):
    of_class = {"again": True} | side
    for row in tables["flow"].to_dict("records"):
        step = row["step"]
        for arm in (name for name in row if name in SINGLE_ARMS and row[name] not in ("", None)):
            if step == "randomised":
                reader.told(row[arm], arm=arm, **side)
            elif "randomised again" in step:
                reader.told(row[arm], arm=arm, again=step == "randomised again", **side)
            elif step == "PEG measured" and str(row["week"]) == "12":
                reader.told(row[arm], arm=arm, peg="known", **side)
            elif ": " in step:
                response, action = step.split(": ")
                reader.told(row[arm], arm=arm, response=response, action=action, **side)
    for row in tables["response"].to_dict("records"):
        reader.told(row["people"], arm=row["arm"], response=row["response"], **side)
    stage = {"first": "arm"}
    for row in tables["sequences"].to_dict("records"):
        a, b = (stage.get(row[one], row[one]) for one in ("from_stage", "to_stage"))
        link = {a: row["from"], b: row["to"]}
        # Only people with a class are in the sequences; the design has no second arm for others here.
        reader.told(row["people"], **link, **of_class)
    for row in tables["missing"].to_dict("records"):
        if row["measure"] in ("peg", "pgic") and int(row["week"]) == 12:
            reader.told(row["missing"], arm=row["arm"], **{row["measure"]: "missing"}, **side)
    for row in tables["events 2"].drop_duplicates("arm").to_dict("records"):
        reader.told(row["people"], second=row["arm"], **side)


def levels_reader(cohort, values, group, tell):
    """A reader of one table: groups, and levels of one or more characteristics."""
    whole, here, seen = views(cohort)
    people = pd.DataFrame({"group": whole.people[group], **values, "here": here})[lambda t: t["group"].notna()]
    people = people.astype(dict.fromkeys(values, object))
    levels = {*people[list(values)].itertuples(index=False, name=None)}
    levels |= {(UNKNOWN,) * len(values)}
    groups = sorted(set(people["group"]))
    possible = [(one, *level, side) for one in groups for level in levels for side in sides(cohort)]
    reader = Reader(people.rename(columns={}), possible)
    for side, view in seen:
        made = tables(view)
        sizes = {arm: size.text for arm, size in view.sizes.items()} if group == "first_arm" else {}
        for arm in groups if sizes else ():
            reader.told(sizes.get(arm, (0, 0)), group=arm, **side)
        tell(reader, made, side)
    return reader


def tell_events(names, period):
    def tell(reader, made, side):
        table = made[f"events {period}"]
        for row in table[table["event"].isin(names)].to_dict("records"):
            reader.told(row["people"], group=row["arm"], **side)
            reader.told(row["events"], group=row["arm"], **{row["event"]: "yes"}, **side)

    return tell


def tell_baseline(name):
    def tell(reader, made, side):
        table = made["baseline"]
        for row in table[table["characteristic"] == name].to_dict("records"):
            for arm in (*SINGLE_ARMS, "all"):
                if arm in row:
                    one = ({} if arm == "all" else {"group": arm}) | side
                    reader.told(row[f"not_known_{arm}"], **{name: UNKNOWN}, **one)
                    if row["level"] != "mean (SD)":
                        reader.told(row[arm], **{name: row["level"]}, **one)

    return tell


def tell_missing(code, week):
    def tell(reader, made, side):
        table = made["missing"]
        for row in table[(table["measure"] == code) & (table["week"].astype(int) == week)].to_dict("records"):
            reader.told(row["missing"], group=row["arm"], value=UNKNOWN, **side)

    return tell


def yes_no(values):
    return values.map({True: "yes", False: "no"}).astype(object).fillna(UNKNOWN)


def first_site(trial, number=1):
    return tuple(sorted(trial.participants["site"].unique())[:number])


CASES = {
    "everybody": (805, lambda trial: Filters()),
    "one sex": (805, lambda trial: Filters(sex=("female",))),
    "small trial": (50, lambda trial: Filters()),
    "medium trial, an age": (300, lambda trial: Filters(age=("50 to 64",))),
    "medium trial, two sites of a sex": (300, lambda trial: Filters(site=first_site(trial, 2), sex=("female",))),
}


@pytest.fixture(scope="module")
def trials():
    return {n: bestviz.simulate_trial(n=n, seed=1) for n in (50, 300, 805)}


@pytest.fixture(params=CASES, scope="module")
def cohort(request, trials):
    n, filters = CASES[request.param]
    found = select(trials[n], filters(trials[n]))
    assert not found.refusal
    return found


def test_no_small_number_follows_from_all_tables_of_journeys(cohort):
    assert journeys_reader(cohort).gives_away() == []


def test_no_small_number_follows_from_stopping_and_harm(cohort):
    names = ["stopped_first", "stopped_for_harm"]
    values = {name: yes_no(cohort.trial.participants[name]) for name in names}
    assert levels_reader(cohort, values, "first_arm", tell_events(names, 1)).gives_away() == []


def test_no_small_number_follows_from_a_table_of_events_or_of_missing_values(cohort):
    people = cohort.trial.participants
    for name, group, period in (("adverse_event_first", "first_arm", 1), ("stopped_second", "second_arm", 2)):
        values = {name: yes_no(people[name])}
        assert levels_reader(cohort, values, group, tell_events([name], period)).gives_away() == []
    for code, week in (("peg", 24), ("depression", 12)):
        values = cohort.trial.values(code, week).isna().map({True: UNKNOWN, False: "known"})
        assert levels_reader(cohort, {"value": values}, "first_arm", tell_missing(code, week)).gives_away() == []


def test_no_small_number_follows_from_the_baseline_table(cohort):
    people = cohort.trial.participants
    for name in ("sex", "race", "contraindicated_dul"):
        values = people[name].astype(object).fillna(UNKNOWN) if name != "contraindicated_dul" else yes_no(people[name])
        assert levels_reader(cohort, {name: values}, "first_arm", tell_baseline(name)).gives_away() == []


FILES = {
    "flow": "figures/flow.csv",
    "response": "figures/response.csv",
    "sequences": "figures/sequences.csv",
    "missing": "tables/missing.csv",
    "events 2": "figures/events-period-2.csv",
    "groups": "figures/groups.csv",
}


def test_no_small_number_follows_from_the_files_of_a_pack(trials):
    filters = Filters(sex=("female",))
    content = make_pack(
        bestviz.fit(bestviz.simulate_trial(n=120, seed=1), replicates=20, seed=1, learner="additive", jobs=1),
        trials[300],
        {"peg": 1},
        filters=filters,
        pictures=False,
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        made = {
            name: pd.read_csv(io.BytesIO(archive.read(path)), comment="#", dtype=str, keep_default_na=False)
            for name, path in FILES.items()
        }
    codes = {measure.name: code for code, measure in MEASURES.items()}
    made["missing"]["measure"] = made["missing"]["measure"].map(codes)
    assert journeys_reader(select(trials[300], filters), made).gives_away() == []
    groups = made["groups"]
    everybody = int(groups["people"][0])
    for _, rows in groups[1:].groupby("grouped_by"):
        low, high = (sum(ends(text)[side] for text in rows["people"]) for side in (0, 1))
        # How many are in no group that is shown is not told, if they are few.
        assert low < high or everybody - low not in range(1, 10)
