"""The project's own rules: layers, pins, settings, tidy files."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bestviz"
PAGES = sorted((ROOT / "pages").glob("*.py"))
LONGEST_PAGE = 130  # lines
LARGEST_FILE = 2_000_000  # bytes
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.]+)")
MACHINE_PATH = re.compile(r"(?<![\w.~<>*-])/(?:work|root|farm|tmp|home/\w+|Users/\w+)/")
SAFE = {
    "server.address": "127.0.0.1",
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 20,
    "server.showEmailPrompt": False,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
}


def imported(path: Path) -> set[str]:
    """Top-level names of all packages that a file imports, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert found, "no modules under bestviz/"
    return found


def pins(file: str) -> dict[str, str]:
    """Package -> version; a line that is neither a pin, a comment nor an include fails."""
    result = {}
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith(("#", "-r ")):
            pin = PIN.fullmatch(line.split(" #")[0].strip())
            assert pin, f"{file}: not an exact pin: {line}"
            result[pin["name"]] = pin["version"]
    return result


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files that git knows and that exist."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in run.stdout.split("\0") if name]
    return [f for f in files if f.is_file()]


def options(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return dict(options(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))))


def test_import_bestviz_loads_neither_streamlit_nor_plotly():
    code = "import sys, bestviz; assert bestviz.__file__; print(*({'streamlit', 'plotly'} & sys.modules.keys()))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []


def test_only_ui_imports_streamlit():
    guilty = [
        str(m.relative_to(ROOT)) for m in modules() if PACKAGE / "ui" not in m.parents and "streamlit" in imported(m)
    ]
    assert guilty == []


def test_regime_knows_no_other_part_of_bestviz():
    """It could be lifted out and published alone; the family of errors is all it may take from here."""
    modules = sorted((PACKAGE / "regime").rglob("*.py"))
    assert modules
    pattern = re.compile(r"^\s*(?:from|import)\s+(bestviz\.?\S*|\.\.+\S*)", re.MULTILINE)
    found = {(m.name, name) for m in modules for name in pattern.findall(m.read_text(encoding="utf-8"))}
    allowed = re.compile(r"(bestviz|\.)\.(errors|regime)\b")
    assert {(file, name) for file, name in found if not allowed.match(name)} == set()


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_exact_and_installed(file):
    wanted = pins(file)
    assert wanted
    assert {name: version(name) for name in wanted} == wanted


def test_no_machine_paths_in_tracked_files(tracked):
    guilty = []
    for path in tracked:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = MACHINE_PATH.search(text)
        if found:
            guilty.append(f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}")
    assert guilty == []


def test_the_search_for_machine_paths_finds_them():
    for path in ("/ro" + "ot/x", "open('/tm" + "p/a')", "/ho" + "me/anna/data"):
        assert MACHINE_PATH.search(path)
    for fine in ("models/tm" + "p/x", "https://example.org/wor" + "k/here", "/usr/bin/chromium"):
        assert not MACHINE_PATH.search(fine)


def test_no_large_tracked_files(tracked):
    assert [str(f.relative_to(ROOT)) for f in tracked if f.stat().st_size > LARGEST_FILE] == []


def test_made_files_are_not_tracked(tracked):
    names = [str(f.relative_to(ROOT)) for f in tracked]
    made = re.compile(r"(data|shots|\.venv)/|models/(?!README\.md$)|.*\.(pyc|joblib)$")
    assert [name for name in names if made.match(name)] == []


def test_streamlit_knows_every_option(config):
    from streamlit import config as streamlit_config

    unknown = []
    for key in config:
        try:
            streamlit_config.get_option(key)
        except RuntimeError:
            unknown.append(key)
    assert unknown == []


@pytest.mark.parametrize(("option", "value"), SAFE.items())
def test_safety_settings(config, option, value):
    assert config[option] == value


def test_only_this_machine_is_an_allowed_host(config):
    assert set(config["server.allowedHosts"]) == {"127.0.0.1", "localhost"}


def test_theme_fetches_nothing(config):
    assert [key for key, value in config.items() if key.startswith("theme.") and "://" in str(value)] == []


@pytest.mark.parametrize("path", [ROOT / "app.py", *PAGES], ids=lambda p: p.name)
def test_pages_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < LONGEST_PAGE
