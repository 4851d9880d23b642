"""Small numbers stay hidden: checked by solving for them with everything that is published."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from bestviz.cohort.suppression import LEAST, Arc, Count, protect, shown
from bestviz.cohort.tables import ALL, protect_groups, publish

SIZES = st.one_of(st.integers(0, 14), st.integers(0, 200))


def ends(arcs, counts, place):
    """Smallest and largest value of one arc that agrees with all that is published.

    Counts of a network: the ends over whole numbers are those over all numbers, so a linear program finds them.
    """
    nodes = sorted({repr(node) for arc in arcs for node in (arc.tail, arc.head)})
    flow = np.zeros((len(nodes), len(arcs)))
    for column, arc in enumerate(arcs):
        flow[nodes.index(repr(arc.tail)), column] -= 1
        flow[nodes.index(repr(arc.head)), column] += 1
    # What a reader knows: a shown number; "<10"; or a lower end.
    known = [(c.low, c.high) for c in counts]
    aim = np.zeros(len(arcs))
    aim[place] = 1
    found = [linprog(sign * aim, A_eq=flow, b_eq=np.zeros(len(nodes)), bounds=known) for sign in (1, -1)]
    assert all(one.status in (0, 3) for one in found)  # solved, or without an end
    return [round(one.fun * sign) if one.status == 0 else np.inf for one, sign in zip(found, (1, -1), strict=True)]


def nothing_follows(arcs):
    counts = protect(arcs)
    for place, (arc, count) in enumerate(zip(arcs, counts, strict=True)):
        assert count.low <= arc.value
        assert count.high is None or arc.value <= count.high
        if count.value is None:
            low, high = ends(arcs, counts, place)
            assert low < high, (arc, count)
        else:
            assert arc.value >= LEAST
    return counts


def table_arcs(cells, overall):
    arcs = [Arc("end", "start", int(cells.sum()), 400.0)]
    for i, row in enumerate(cells):
        arcs.append(Arc("start", f"r{i}", int(row.sum()), 20.0))
        arcs += [Arc(f"r{i}", f"c{j}" if overall else "end", int(cell)) for j, cell in enumerate(row)]
    if overall:
        arcs += [Arc(f"c{j}", "end", int(cells[:, j].sum()), 20.0) for j in range(cells.shape[1])]
    return arcs


@given(st.lists(st.lists(SIZES, min_size=3, max_size=3), min_size=1, max_size=4), st.booleans())
def test_no_hidden_cell_of_a_table_follows_from_the_rest(rows, overall):
    nothing_follows(table_arcs(np.array(rows), overall))


@given(st.lists(SIZES, min_size=1, max_size=8))
def test_no_hidden_part_of_a_list_follows_from_its_total(parts):
    nothing_follows([Arc("end", "start", sum(parts), 400.0), *(Arc("start", "end", part) for part in parts)])


@given(st.lists(st.tuples(SIZES, SIZES, SIZES), min_size=2, max_size=3))
def test_no_hidden_branch_of_a_tree_follows(branches):
    arcs = [Arc("end", "start", sum(map(sum, branches)), 400.0)]
    for place, (gone, good, poor) in enumerate(branches):
        arcs += [
            Arc("start", f"arm {place}", gone + good + poor, 20.0),
            Arc(f"arm {place}", "end", gone),
            Arc(f"arm {place}", f"again {place}", good + poor, 4.0),
            Arc(f"again {place}", "end", good),
            Arc(f"again {place}", "end", poor),
        ]
    nothing_follows(arcs)


def test_known_table():
    # One small cell: its row mate goes with it, and two cells of another row, or the total, would give it away.
    cells = np.array([[3, 57, 40], [30, 70, 50], [20, 60, 80]])
    counts = nothing_follows(table_arcs(cells, overall=True))
    assert sum(count.value is None for count in counts) == 4
    assert [count.text for count in counts].count("<10") == 1


def test_nothing_is_hidden_without_need():
    table = publish(pd.DataFrame({"a": [12, 30], "b": [10, 99]}, index=["X", "Y"]), overall=True)
    assert {row: {level: count.text for level, count in cells.items()} for row, cells in table.items()} == {
        "X": {"a": "12", "b": "10", ALL: "22"},
        "Y": {"a": "30", "b": "99", ALL: "129"},
        ALL: {"a": "42", "b": "109", ALL: "151"},
    }


def test_a_few_missing_leave_a_lower_end_for_those_known():
    table = publish(pd.DataFrame({"known": [195], "missing": [7]}, index=["X"]))
    assert table["X"]["missing"].text == "<10"
    assert table["X"]["known"].text == ">192"
    assert table["X"][ALL].text == "202"


@pytest.mark.parametrize(("value", "text"), [(0, "<10"), (9, "<10"), (10, "10"), (202, "202")])
def test_a_count_alone(value, text):
    assert shown(value).text == text


def test_words_of_counts():
    assert Count(10, None).text == ">9"
    assert Count(0, None).text == "not shown"
    assert not Count(10, None).few


def test_where_hiding_some_is_not_enough_all_are_hidden():
    counts = protect([Arc("start", "end", 9), Arc("end", "start", 9)])
    assert all(count.value is None for count in counts)


def test_groups_hide_a_second_one_with_the_small_one():
    assert [count.text for count in protect_groups({"X": 4, "Y": 60, "Z": 80}).values()] == ["<10", "60", ">74"]
