"""One large simulated trial for everything that is about averages."""

import pytest

from bestviz.data import Trial
from bestviz.data.simulator import simulate_trial


@pytest.fixture(scope="session")
def large() -> Trial:
    return simulate_trial(n=12_000, seed=11)
