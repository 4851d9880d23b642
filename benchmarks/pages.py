"""Measure the dashboard in a real browser: one JSON line a result.

Run `python benchmarks/pages.py` from the repository on an otherwise idle machine, with a model in models/demo and its
data in data/demo; about three minutes. A new server: time from its health answer to a usable Patient page. On the warm
server: first view of every page in a new browser tab, time from a change to the settled answer, the hand-out, and
what an open tab costs the server in memory.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bestviz.ui.navigation import PAGES  # noqa: E402

SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = '[data-testid="stPlotlyChart"] .main-svg'
NO_CHART = ("Week 12", "Data and model", "Presentation")  # at first
MOVES, TABS = 12, 10
WATCH = """() => { window.start = performance.now(); window.last = 0;
  if (window.watcher) window.watcher.disconnect();
  window.watcher = new MutationObserver(() => { window.last = performance.now() - window.start; });
  window.watcher.observe(document.querySelector('[data-testid="stMain"]'),
    {subtree: true, childList: true, characterData: true, attributes: true}); }"""


def say(**row: object) -> None:
    print(json.dumps(row), flush=True)


def start_server() -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    command += ["--server.headless=true", "--server.fileWatcherType=none"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            with urllib.request.urlopen(url + "/_stcore/health", timeout=2):
                return server, url
        except OSError:
            time.sleep(0.02)


def open_patient(page: Any, url: str) -> tuple[float, float]:
    """Seconds until the answer can be read and the inputs used, and until the last chart is drawn."""
    start = time.perf_counter()
    page.goto(url + "/patient")
    page.wait_for_selector(".bv-headline")
    page.get_by_role("spinbutton", name=re.compile("^Age")).wait_for()
    usable = time.perf_counter() - start
    page.wait_for_selector(CHART)
    page.wait_for_selector(SETTLED)
    return usable, time.perf_counter() - start


def first_view(page: Any, url: str, has_chart: bool) -> float:
    """Seconds until a page has its title and its first chart, if it begins with one, and its script has ended."""
    start = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("h1")
    if has_chart:
        page.wait_for_selector(CHART)
    page.wait_for_selector(SETTLED)
    return time.perf_counter() - start


def repaint(page: Any, act: Callable[[], None]) -> float:
    """Seconds from an act of the reader to the last change of the page that follows from it."""
    page.wait_for_timeout(600)
    page.evaluate(WATCH)
    act()
    page.wait_for_function("() => window.last > 0 && performance.now() - window.start - window.last > 1000")
    return float(page.evaluate("() => window.last")) / 1000


def tell(what: str, times: list[float], target: float) -> None:
    say(what=what, seconds=round(statistics.median(times), 3), slowest=round(max(times), 3), times=len(times),
        target=target)  # fmt: skip


def change_inputs(page: Any) -> None:
    """Ages typed one after the other."""
    field = page.get_by_role("spinbutton", name=re.compile("^Age"))
    times = []
    for move in range(MOVES):

        def type_in(age: str = str(40 + move)) -> None:
            field.fill(age)
            field.press("Enter")

        times.append(repaint(page, type_in))
    tell("answer after a changed input", times, 0.4)


def move_sliders(page: Any) -> None:
    """One importance moved step by step."""
    page.get_by_role("tab", name="3 What matters").click()
    page.get_by_role("radio", name="Sliders").click()
    slider = page.get_by_role("slider", name=re.compile("^Anxiety"))
    slider.wait_for(state="attached")
    page.wait_for_selector(SETTLED)
    slider.focus()
    times = [repaint(page, lambda: page.keyboard.press("ArrowRight")) for _ in range(MOVES)]
    tell("answer after a moved slider", times, 0.4)


def make_handouts(page: Any) -> None:
    """From the click to the file; the first one loads the library."""
    for which in ("first", "second", "third"):
        start = time.perf_counter()
        with page.expect_download() as download:
            page.get_by_role("button", name="Hand-out for the patient").click()
        download.value.path()
        say(what=f"hand-out for the patient, {which}", seconds=round(time.perf_counter() - start, 2), target=2.0)


def filter_cohort(page: Any, url: str) -> None:
    """The cohort of men, of women, of everybody."""
    page.goto(url + "/cohort")
    page.wait_for_selector(CHART)
    page.wait_for_selector(SETTLED)
    page.locator("summary", has_text="Filters").click()
    page.wait_for_timeout(600)
    women = page.get_by_role("button", name="female", exact=True)
    times = [repaint(page, women.click) for _ in range(6)]  # on and off
    tell("cohort after a changed filter", times, 0.7)


def memory_of_tabs(browser: Any, server: int, url: str) -> None:
    """Megabytes that ten open tabs of the Patient page add to the server, each."""
    before, tabs = psutil.Process(server).memory_info().rss, []
    for _ in range(TABS):
        tabs.append(browser.new_page())
        open_patient(tabs[-1], url)
    after = psutil.Process(server).memory_info().rss
    say(what="memory of an open tab", megabytes=round((after - before) / TABS / 1e6, 1), target=20)
    for tab in tabs:
        tab.close()


def view_pages(browser: Any, url: str) -> None:
    """First views of all pages after the Patient page, each twice, in a new tab."""
    for file, title in sorted(PAGES[2:], key=lambda page: page[1] == "Regimes"):
        for visit in ("first", "second"):
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            seconds = round(first_view(tab, f"{url}/{Path(file).stem}", title not in NO_CHART), 2)
            say(what=f"{title} page, new browser tab, {visit} visit", seconds=seconds, target=2.0)
            tab.close()


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    server, url = start_server()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            usable, drawn = open_patient(page, url)
            say(what="Patient page after the server is up", usable=round(usable, 2), drawn=round(drawn, 2), target=5.0)
            again = browser.new_page(viewport={"width": 1280, "height": 800})
            usable, drawn = open_patient(again, url)
            say(what="Patient page, warm server, new browser tab", usable=round(usable, 2), drawn=round(drawn, 2),
                target=3.0)  # fmt: skip
            change_inputs(again)
            move_sliders(again)
            make_handouts(again)
            filter_cohort(page, url)
            memory_of_tabs(browser, server.pid, url)
            # Last, as the Regimes page starts long work in the background.
            view_pages(browser, url)
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
