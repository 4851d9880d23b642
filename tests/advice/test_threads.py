"""Answers must not depend on how many threads the machine offers, nor on who else is asking."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from bestviz.advice.known import encode
from bestviz.advice.patient import Patient
from bestviz.advice.recommendation import DIGITS
from bestviz.advice.threads import one_thread, side_by_side

MORE = 4


def threads_of_blas():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.fixture
def many_threads():
    with threadpool_limits(MORE, user_api="blas"):
        yield


def test_limit_lasts_until_the_last_one_leaves(many_threads):
    one, other = one_thread(), one_thread()
    with one:
        with other:
            assert threads_of_blas() == {1}
        assert threads_of_blas() == {1}
    assert threads_of_blas() == {MORE}


def test_leaving_before_others_does_not_lift_their_limit(many_threads):
    """The first who came leaves first."""
    inside, left = Barrier(2), Barrier(2)

    def first():
        with one_thread():
            inside.wait(10)
        left.wait(10)

    def second():
        with one_thread():
            inside.wait(10)
            left.wait(10)
            return threads_of_blas()

    with ThreadPoolExecutor(2) as pool:
        _, seen = pool.submit(first), pool.submit(second)
        assert seen.result(20) == {1}
    assert threads_of_blas() == {MORE}


def test_limit_is_lifted_after_an_error(many_threads):
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert threads_of_blas() == {MORE}


def test_what_is_remembered_does_not_depend_on_threads(model, many_threads):
    """Asked for with four threads, outside of an answer, and with one."""
    weights = model.engine.weigh(np.full(model.engine.weighable, 1 / model.engine.weighable))
    several = replace(model).solve(weights, frozenset()).rule
    with threadpool_limits(1, user_api="blas"):
        one = replace(model).solve(weights, frozenset()).rule
    assert several.coefficients.tobytes() == one.coefficients.tobytes()
    assert several.anew.tobytes() == one.anew.tobytes()


def test_an_answer_does_not_depend_on_what_was_asked_before(model, typical, many_threads):
    """The engine smoothed the same patient before, outside of an answer and with four threads."""
    engine = model.engine
    patient, weights = {"baseline": typical}, np.eye(len(engine.outcome_names))[0]
    rows = engine.first_rows(encode(model, Patient.from_dict(patient)).draws)[0]
    engine.first_outcomes(rows, model.solve(weights, frozenset()).rule)
    after = model.recommend(patient)
    model.recommend({"baseline": typical | {"age": 30}})
    assert after == model.recommend(patient)


def test_files_hold_the_digits_that_processors_agree_on(model, typical):
    advice = model.recommend({"baseline": typical}, {"peg": 1, "depression": 2})
    options = advice.to_dict()["first"]
    assert advice.to_dict()["preferences"]["peg"] == 1 / 3
    for option, row in zip(advice.options, options, strict=True):
        assert row["utility"] == pytest.approx(option.utility, rel=10 ** (1 - DIGITS))
        assert all(float(f"{v:.{DIGITS}g}") == v for v in row["utility_interval"])


def test_jobs_share_one_process_unless_the_caller_chose_otherwise():
    from joblib import parallel_config
    from joblib.parallel import get_active_backend

    with side_by_side(3):
        backend, jobs = get_active_backend()
        assert (type(backend).__name__, jobs) == ("ThreadingBackend", 3)
    with parallel_config(backend="sequential"), side_by_side(3):
        assert type(get_active_backend()[0]).__name__ == "SequentialBackend"
