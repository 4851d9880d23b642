"""Fixtures for every test. What only one part needs lives in that part's own conftest."""

import fcntl
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Shared machines are slow at times: a slow example is no failure. In CI the same examples every time.
settings.register_profile("bestviz", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("bestviz")


@pytest.fixture(scope="session")
def demo_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of models holding one small model, ``demo``; fitted once a run, whichever xdist worker comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "models", shared / "models.done"
    with open(shared / "models.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when the file is closed, also if this worker dies
        if not done.exists():
            import bestviz

            trial = bestviz.simulate_trial(n=300, seed=1)
            bestviz.fit(trial, replicates=30, seed=1).save(folder / "demo")
            done.touch()
    return folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All browser tests on one worker: two servers and two browsers at once would starve each other on two cores.

    Marks of groups do not reach the scheduler with these versions of pytest and xdist, so the path decides.
    """
    from xdist.scheduler import LoadScopeScheduling

    class BrowserTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else nodeid

    return BrowserTogether(config, log)
