"""The deck as an HTML file, opened from the disk: no type too small, keyboard, notes, dark, nothing beyond a slide."""

import pytest

import bestviz
from bestviz.reports.deck import deck_html, default_deck
from bestviz.reports.deck.wall import SMALLEST

SIZES = """() => {
  const stage = document.querySelector('.slide.here .stage'), sizes = [];
  const walk = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode())
    if (node.textContent.trim()) sizes.push(parseFloat(getComputedStyle(node.parentElement).fontSize));
  return sizes;
}"""
BEYOND = """() => {
  const stage = document.querySelector('.slide.here .stage').getBoundingClientRect();
  const small = document.querySelector('.slide.here .small').getBoundingClientRect();
  const body = document.querySelector('.slide.here .body');
  const inner = [...body.children].map((one) => one.getBoundingClientRect().bottom);
  return Math.max(...inner) > small.top + 1 || small.bottom > stage.bottom + 1;
}"""


@pytest.fixture(scope="module")
def deck(demo_models):
    model = bestviz.load_model(demo_models / "demo")
    return default_deck(model, bestviz.simulate_trial(n=300, seed=1), journeys=1)


@pytest.fixture
def from_disk(browser):
    """A page of a file; afterwards the test fails if it asked for anything else."""
    asked, contexts = [], []

    def opened(path):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 776}))  # 56 for the bar: 1280 x 720
        contexts[-1].on("request", lambda request: asked.append(request.url))
        page = contexts[-1].new_page()
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == asked[:1]


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_from_the_disk(from_disk, deck, tmp_path, dark):
    from axe_playwright_python.sync_playwright import Axe  # not everywhere: see conftest

    path = tmp_path / "slides.html"
    path.write_bytes(deck_html(deck, dark=dark))
    page = from_disk(path)
    for number, slide in enumerate(deck, 1):
        page.get_by_text(f"{number} / {len(deck)}", exact=True).wait_for()
        if slide.build is not None:
            page.wait_for_selector(".slide.here .main-svg")
        assert min(page.evaluate(SIZES)) >= SMALLEST, slide.key
        assert not page.evaluate(BEYOND), slide.key
        page.keyboard.press("ArrowRight")
    faults = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")] == []
    page.keyboard.press("Home")
    page.keyboard.press("n")
    page.get_by_text(deck[0].notes[0]).last.wait_for()
