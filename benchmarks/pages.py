"""Measure the dashboard in a real browser: one JSON line a result.

Run `python benchmarks/pages.py` from the repository on an otherwise idle machine, with a model in models/demo; under a
minute. A new server: time from its health answer to a usable Patient page. Then, on the open page: time from moving a
slider to the settled answer.
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
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
CHART = '[data-testid="stPlotlyChart"] .main-svg'
MOVES = 12
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


def move_sliders(page: Any) -> list[float]:
    """Seconds from a key press on a slider to the last change of the page that follows from it, once a move."""
    page.get_by_role("tab", name="3 What matters").click()
    slider = page.get_by_role("slider", name=re.compile("^Anxiety"))
    slider.wait_for(state="attached")
    page.wait_for_selector(SETTLED)
    times = []
    for _ in range(MOVES):
        page.wait_for_timeout(600)
        slider.focus()
        page.evaluate(WATCH)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("() => window.last > 0 && performance.now() - window.start - window.last > 1000")
        times.append(page.evaluate("() => window.last") / 1000)
    return times


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
            say(what="Patient page, warm server, new browser tab", usable=round(usable, 2), drawn=round(drawn, 2))
            times = move_sliders(again)
            say(what="answer after a moved slider", seconds=round(statistics.median(times), 3),
                slowest=round(max(times), 3), moves=len(times), target=0.5)  # fmt: skip
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
