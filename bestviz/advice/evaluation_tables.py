"""From a trial to the tables in which regimes are judged, and to groups of its participants."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from bestviz.advice.inputs import baseline_inputs, baseline_table, interim_table
from bestviz.advice.model import FittedModel, smallest_support
from bestviz.advice.outcomes import outcome_tables
from bestviz.data.dataset import Trial
from bestviz.errors import InputError
from bestviz.regime.encoding import Encoder, NumericColumn
from bestviz.regime.judging.crossfit import History
from bestviz.regime.judging.people import JudgedPeople, judged_people
from bestviz.trial import (
    BASELINE_MEASURES,
    COLUMNS,
    MEASURES,
    TREATMENTS,
    Measure,
    allowed_first_table,
    allowed_second_table,
)
from bestviz.trial.allowed import CONTRAINDICATION_COLUMNS, contraindication_table

MOST_GROUPS = 20
MOST_SINGLE_NUMBERS = 6
THIRDS = (1 / 3, 2 / 3)


def people_of_trial(
    trial: Trial,
    inputs: Iterable[str] | None = None,
    markers: Iterable[str] = (),
    measures: Mapping[str, Measure] = MEASURES,
    history: pd.DataFrame | None = None,
) -> JudgedPeople:
    """The participants as judging sees them.

    Parameters
    ----------
    trial : Trial
    inputs : iterable of str, optional
        Baseline inputs; those that the data do not have are left out. Default all that the data have.
    markers : iterable of str
        Deep phenotyping markers.
    measures : mapping of str to Measure
        With the meaningful changes to use.
    history : DataFrame, optional
        First arm (`first`), response class and second arm of the people whose numbers say which second arms may be
        chosen; default the trial's own.

    Raises
    ------
    DataError, RegimeError
        The data cannot be learned from or judged in.
    """
    people, response = trial.participants, trial.response
    offered = baseline_inputs(trial) if inputs is None else tuple(n for n in inputs if _has(trial, n))
    outcomes = outcome_tables(trial, measures)
    allowed = allowed_second_table(people.assign(response=response))
    own = pd.DataFrame({"first": people["first_arm"], "response": response, "second": people["second_arm"]})
    with warnings.catch_warnings():
        # Arms that nobody got are the data check's to report.
        warnings.filterwarnings("ignore", message="Allowed .* never occur")
        return judged_people(
            baseline_table(trial, offered, markers),
            people["first_arm"],
            interim_table(trial),
            people["second_arm"],
            outcomes.weighable,
            allowed_first_table(people),
            allowed,
            people.get("first_probability"),
            people.get("second_probability"),
            carried=outcomes.carried,
            early=outcomes.early,
            choosable_second=_enough_people(own, allowed, own if history is None else history),
            group=response,
            excluded=contraindication_table(people),
        )


def unknown_to(model: FittedModel, trial: Trial, people: JudgedPeople) -> tuple[str, ...]:
    """What a model cannot know about other data than its own, a sentence each: inputs, and categories of inputs."""
    lacking = [name for name in model.inputs if not _has(trial, name)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.engine.filler.baseline.encode(people.data.baseline)
    return (
        *(f"The data do not have {name}, an input of the model; it is taken as not known." for name in lacking),
        *dict.fromkeys(str(each.message) for each in caught),
    )


def history_of(model: FittedModel) -> History:
    """What the people whom a model was fitted to could have and had."""
    table = model.history
    barred = table[list(TREATMENTS)].rename(columns=CONTRAINDICATION_COLUMNS)
    people = barred.assign(first_arm=table["first"], response=table["response"])
    allowed = allowed_second_table(people)
    enough = _enough_people(table, allowed, table)
    return History(table["first"], table["second"], table["response"], allowed_first_table(people), allowed, enough)


def start_levels(trial: Trial, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Week-0 values of the measures that have one, in meaningful changes, higher is better.

    What is missing is expected from everything else that is known of the person at week 0.
    """
    table = baseline_table(trial, baseline_inputs(trial))
    encoder = Encoder().fit(table)
    filled = encoder.linear(table)
    levels = {}
    for code in BASELINE_MEASURES:
        values, measure = trial.values(code, 0), measures[code]
        for position, column in enumerate(encoder.columns):
            if column.name == code and isinstance(column, NumericColumn):
                at = int(np.flatnonzero(encoder.source == position)[0])
                values = values.fillna(pd.Series(column.mean + column.sd * filled[:, at], index=table.index))
        levels[code] = measure.sign * values / measure.meaningful_change
    return pd.DataFrame(levels, index=table.index)


def subgroup_columns(trial: Trial) -> tuple[str, ...]:
    """What participants can be grouped by: columns of the participants table and week-0 measures."""
    return (*trial.participants.columns, *(m for m in BASELINE_MEASURES if trial.values(m, 0).notna().any()))


def subgroups(trial: Trial, by: str) -> tuple[pd.Series, tuple[str, ...]]:
    """Groups of participants by a column: its categories, yes and no, or thirds of a number.

    Parameters
    ----------
    by : str
        A column of the participants table, or a measure for its week-0 value.

    Returns
    -------
    labels : Series of str
        Missing where the column is.
    order : tuple of str
        All labels in the order in which they are shown.

    Raises
    ------
    InputError
        No such column, nothing in it, or too many categories.
    """
    if by not in subgroup_columns(trial):
        raise InputError(f"There is no column {by} in the data to form groups by.")
    values = trial.participants[by] if by in trial.participants else trial.values(by, 0)
    if values.isna().all():
        raise InputError(f"Column {by} is empty; choose another one to form groups by.")
    if pd.api.types.is_bool_dtype(values.dtype):
        return values.astype(object).map({True: "yes", False: "no"}), ("no", "yes")
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _number_groups(values.astype(float))
    text = values.astype(object)
    found = set(text.dropna())
    known = COLUMNS[by].values if by in COLUMNS else ()
    order = (*(v for v in known if v in found), *sorted(found - set(known)))
    if len(order) > MOST_GROUPS:
        raise InputError(f"Column {by} has {len(order)} different values; form at most {MOST_GROUPS} groups.")
    return text, order


def _number_groups(values: pd.Series) -> tuple[pd.Series, tuple[str, ...]]:
    """Single numbers where there are few, else thirds named by their smallest and largest value."""
    distinct = np.unique(values.dropna())
    if len(distinct) <= MOST_SINGLE_NUMBERS:
        names = {v: f"{v:g}" for v in distinct}
        return values.map(names).astype(object), tuple(names.values())
    third = np.digitize(values.to_numpy(float), values.quantile(list(THIRDS)), right=True)
    labels, order = pd.Series(None, index=values.index, dtype=object), []
    for number in range(3):
        members = (third == number) & values.notna().to_numpy()
        if members.any():
            order.append(f"{values[members].min():g} to {values[members].max():g}")
            labels[members] = order[-1]
    return labels, tuple(order)


def _has(trial: Trial, name: str) -> bool:
    if name in BASELINE_MEASURES:
        return bool(trial.values(name, 0).notna().any())
    return name in trial.participants


def _enough_people(people: pd.DataFrame, allowed: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Allowed second arms that enough people of a history had after the same first arm and class."""
    counts = history.groupby(["first", "response"])["second"].value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=list(allowed.columns), fill_value=0)
    places = counts.index.get_indexer(pd.MultiIndex.from_frame(people[["first", "response"]]))
    enough: npt.NDArray[np.bool_] = counts.to_numpy()[places] >= smallest_support(len(history))
    return allowed & np.where(places[:, None] >= 0, enough, True)
