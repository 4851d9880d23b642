"""The app in a real browser: one server and one Chromium for all tests here, a new context for each.

Everything in this folder gets the marker ``browser``, runs on one xdist worker (``tests/conftest.py``), and is skipped
with the reason where Chromium is missing. The scope is the package, not the session: Playwright's event loop must end
before other tests use asyncio.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
STARTING, SETTLING = 120, 60  # seconds
SERIOUS = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def find_chromium() -> str | None:
    """Chromium of $CHROMIUM, of Debian, or on the path."""
    candidates = [os.environ.get("CHROMIUM"), "/usr/bin/chromium"]
    candidates += [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    return next((c for c in candidates if c and os.access(c, os.X_OK)), None)


def missing() -> str | None:
    """Why browser tests cannot run here, or None."""
    absent = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    if absent:
        return f"browser tests need {' and '.join(absent)}: pip install -r requirements-dev.txt"
    if find_chromium() is None:
        return "browser tests need Chromium: apt-get install chromium, or name one in $CHROMIUM"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = missing()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="package")
def models_folder(demo_models: Path) -> Path:
    """The folder of models that the app is started with."""
    return demo_models


@pytest.fixture(scope="package")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of data that the app is started with: a small simulated trial."""
    import bestviz

    return bestviz.write_trial(bestviz.simulate_trial(n=300, seed=1), tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(scope="package")
def app_url(models_folder: Path, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running app, without a slash at the end."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log.txt"
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    command += ["--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
    environment = os.environ | {"BESTVIZ_MODELS": str(models_folder), "BESTVIZ_DATA": str(data_folder)}
    environment["BESTVIZ_LONG_WORK"] = "ask"  # a page that judges regimes in the background would slow all tests
    url = f"http://127.0.0.1:{port}"
    with open(log, "w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            wait_for(url + "/_stcore/health", server, log)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTING
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the app did not come up; the end of its log:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Any, app_url: str) -> Iterator[Callable[..., Any]]:
    """``new_page(width=1280, height=800, dark=False)``: an empty page in a context of its own.

    Afterwards the test fails if the page asked any other machine for anything: the app must work, and keep what is
    typed in, here.
    """
    contexts, foreign = [], []

    def note(request: Any) -> None:
        if not request.url.startswith((app_url, "data:", "blob:", "about:")):
            foreign.append(request.url)

    def make(width: int = 1280, height: int = 800, dark: bool = False) -> Any:
        viewport = {"width": width, "height": height}
        context = browser.new_context(
            viewport=viewport, color_scheme="dark" if dark else "light", accept_downloads=True
        )
        contexts.append(context)
        context.on("request", note)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert not foreign, f"the page asked other machines: {foreign}"


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """An empty page, 1280 x 800, light."""
    return new_page()


@pytest.fixture(scope="session")
def settled() -> Callable[..., None]:
    """``settled(page)`` returns once the script has ended and the page has stopped changing."""
    state = """() => {
      const app = document.querySelector('[data-testid="stApp"]');
      const quiet = app && app.getAttribute('data-test-script-state') === 'notRunning';
      return [quiet ? 'quiet' : 'busy', document.querySelectorAll('*').length,
              document.querySelectorAll('.js-plotly-plot .main-svg').length].join(' ');
    }"""

    def wait(page: Any, seconds: float = SETTLING) -> None:
        end, before, same = time.monotonic() + seconds, "", 0
        while time.monotonic() < end:
            now = page.evaluate(state)
            same = same + 1 if now == before and now.startswith("quiet") else 0
            if same == 3:
                return
            before = now
            page.wait_for_timeout(200)
        pytest.fail(f"the page did not settle in {seconds} s; last state: {before}")

    return wait


@pytest.fixture(scope="session")
def axe(settled: Callable[..., None]) -> Callable[[Any], list[str]]:
    """``axe(page)``: serious and critical violations of WCAG 2.2 A and AA, one line each; an empty list is a pass.

    The window is made as tall as the page meanwhile: of what is scrolled out of sight axe does not check the contrast.
    """
    import axe_playwright_python

    source = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")
    height = "() => (document.querySelector('[data-testid=\"stMain\"]') || document.scrollingElement).scrollHeight"

    def check(page: Any) -> list[str]:
        size = page.viewport_size
        page.set_viewport_size(size | {"height": max(size["height"], page.evaluate(height) + 40)})
        settled(page)
        page.evaluate(source)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        page.set_viewport_size(size)
        return [
            f"{v['impact']}: {v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}"
            for v in found
            if v["impact"] in SERIOUS
        ]

    return check


@pytest.fixture(scope="session")
def choose(settled: Callable[..., None]) -> Callable[..., None]:
    """``choose(page, label, option)`` opens a list and takes its first option that matches; both are patterns.

    A list that is opened while its page is drawn anew closes again, so it is opened until the option is there.
    """

    def take(page: Any, label: str, option: str) -> None:
        end = time.monotonic() + SETTLING
        wanted = page.get_by_role("option", name=re.compile(option)).first
        while not wanted.is_visible():
            if time.monotonic() > end:
                pytest.fail(f"no option {option} in the list {label}")
            settled(page)
            page.get_by_role("combobox", name=re.compile(label)).first.press("ArrowDown")
            with contextlib.suppress(Exception):
                wanted.wait_for(timeout=2000)
        wanted.click()

    return take


@pytest.fixture(scope="session")
def tick(settled: Callable[..., None]) -> Callable[..., None]:
    """``tick(page, label)`` ticks the first visible box with the label, and sees that it is ticked.

    A box that is still on the move, since its part has just been unfolded, may miss a click.
    """

    def take(page: Any, label: str) -> None:
        settled(page)
        box = page.locator('[data-testid="stCheckbox"]:visible').filter(has_text=label).first
        end = time.monotonic() + SETTLING
        while not box.get_by_role("checkbox").is_checked():
            if time.monotonic() > end:
                pytest.fail(f"the box {label} cannot be ticked")
            box.get_by_text(label).click()
            settled(page)

    return take
