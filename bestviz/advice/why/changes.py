"""What single known inputs of a patient could be instead, nearest first, within what was observed in the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
import numpy.typing as npt

from bestviz import wording
from bestviz.advice.inputs import INTERIM_PREFIX
from bestviz.advice.known import is_yes_or_no
from bestviz.advice.why.decision import Decision
from bestviz.regime.encoding import CategoricalColumn, NumericColumn
from bestviz.trial import COLUMNS, MEASURES
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]
Value = float | int | bool | str

# Numbers are read in at least so many steps from end to end of their range, and so many are looked at first a side.
FEWEST_STEPS, LOOKED_AT = 20, 12
# What is possible for a patient is no change of the patient; the class follows from PEG and PGIC.
NO_CHANGES = (*CONTRAINDICATION_COLUMNS.values(), f"{INTERIM_PREFIX}response")


@dataclass(frozen=True)
class Side:
    """One input and the values it could take in one direction, nearest first.

    Attributes
    ----------
    name : str
        Of the input, with `interim.` before it for one of week 12.
    block : int
        0 for an input of week 0, 1 for one of week 12.
    columns : int array
        Its encoded columns.
    before : value
    values : tuple of values
        As they stand in a patient file.
    encoded : array, shape (values, columns)
    distance : array, shape (values,)
        Size of the change in standard deviations of the participants.
    first : int array
        Which values to look at before those between them.
    """

    name: str
    block: int
    columns: IntArray
    before: Value
    values: tuple[Value, ...]
    encoded: FloatArray
    distance: FloatArray
    first: IntArray


def sides_of(decision: Decision) -> list[Side]:
    """All directions in which a known input can change."""
    situation, found = decision.situation, []
    for block, encoder in enumerate(situation.encoders):
        for place, column in enumerate(encoder.columns):
            name = f"{INTERIM_PREFIX if block else ''}{column.name}"
            if name in situation.unknown or name in NO_CHANGES or _is_fixed(decision, name):
                continue
            before = situation.values[name]
            assert isinstance(before, bool | int | float | str)
            columns = np.flatnonzero(encoder.source == place)
            directions = _levels(column, before) if isinstance(column, CategoricalColumn) else _numbers(column, before)
            found += [Side(name, block, columns, before, *each) for each in directions]
    return found


Direction = tuple[tuple[Value, ...], FloatArray, FloatArray, IntArray]


def _is_fixed(decision: Decision, name: str) -> bool:
    """What was stopped for harm was stopped."""
    return name == f"{INTERIM_PREFIX}stopped_first" and bool(decision.patient.stopped_for_harm)


def _levels(column: CategoricalColumn, before: Value) -> Iterator[Direction]:
    """Each other name by itself; its distance is that of a yes/no input where there are two names."""
    share = dict(zip(column.levels, column.frequencies, strict=True))
    variance = {name: share[name] * (1 - share[name]) for name in share}
    for place, name in enumerate(column.levels):
        if name == str(before):
            continue
        pair = [1 / variance[one] for one in (name, str(before)) if one in variance]
        encoded = np.eye(len(column.levels))[[place]] - column.frequencies
        yield (name,), encoded, np.sqrt([np.mean(pair)]), np.zeros(1, dtype=np.intp)


def _numbers(column: NumericColumn, before: Value) -> Iterator[Direction]:
    """Numbers above and below the present one; of ordered names their ranks, of a yes or no the other answer."""
    spec = COLUMNS.get(column.name)
    if spec is not None and spec.ordered:
        number = float(spec.values.index(str(before)))
    else:
        number = float(before)
    if isinstance(before, bool) or is_yes_or_no(column.name):
        answer = number == 0
        yield _direction(column, number, [float(answer)], [answer if isinstance(before, bool) else int(answer)], ())
        return
    grid = _grid(column)
    for numbers in ([x for x in grid if x > number], [x for x in reversed(grid) if x < number]):
        values: Sequence[Value] = numbers
        if spec is not None and spec.ordered:
            values = [spec.values[round(x)] for x in numbers]
        if numbers:
            yield _direction(column, number, numbers, values, column.step_knots)


def _direction(
    column: NumericColumn, number: float, numbers: Sequence[float], values: Sequence[Value], knots: Sequence[float]
) -> Direction:
    at = np.asarray(numbers, dtype=float)
    first = set(range(0, len(at), ceil(len(at) / LOOKED_AT))) | {len(at) - 1}
    # Between jumps the gap between two arms is a straight line in the input, unless there is a forest.
    jumps = np.flatnonzero(np.diff(np.searchsorted(knots, at)) != 0)
    first |= {int(place) for jump in jumps for place in (jump, jump + 1)}
    return (
        tuple(values),
        ((at - column.mean) / column.sd)[:, None],
        np.abs(at - number) / column.sd,
        np.array(sorted(first), dtype=np.intp),
    )


def _grid(column: NumericColumn) -> list[float]:
    """Numbers that are easily read, within what was observed."""
    spec = MEASURES.get(column.name) or COLUMNS.get(column.name)
    low, high = column.minimum, column.maximum
    ends = [low, high] if spec is None or spec.minimum is None or spec.maximum is None else [spec.minimum, spec.maximum]
    power = floor(log10((ends[1] - ends[0]) / FEWEST_STEPS) + 1e-9)
    if is_whole(column.name):
        power = max(power, 0)
    step = 10.0**power
    numbers = [round(k * step, max(-power, 0)) for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]
    return [int(x) for x in numbers] if power >= 0 else numbers


def is_whole(name: str) -> bool:
    """Whether an input (without a week) is counted in whole numbers, ranks included."""
    column, measure = COLUMNS.get(name), MEASURES.get(name)
    if measure is not None:
        return measure.unit == "category"
    return column is not None and (column.kind == "integer" or column.ordered)


def shown(name: str, value: Value) -> str:
    """A value of an input as it is read."""
    name = name.removeprefix(INTERIM_PREFIX)
    if isinstance(value, bool) or is_yes_or_no(name):
        return "yes" if value else "no"
    return wording.category(value) if isinstance(value, str) else f"{value:g}"


def unit_of(name: str, value: Value) -> str:
    """Unit of an input's values; empty where there is none."""
    name = name.removeprefix(INTERIM_PREFIX)
    column, measure = COLUMNS.get(name), MEASURES.get(name)
    if isinstance(value, bool | str) or is_yes_or_no(name) or (measure is not None and is_whole(name)):
        return ""
    if measure is not None:
        return wording.unit(measure)
    return column.unit.removesuffix("score") if column is not None else ""
