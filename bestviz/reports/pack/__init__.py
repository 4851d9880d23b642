"""The manuscript pack: every figure and table of the analysis plan as files in one ZIP, the same bytes every time.

The pack is made from a list of sections; one more is a line in `SECTIONS`. A section that the data or the model cannot
fill is left out, and the README says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext

from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_assigned import Assigned
from bestviz.advice.fitting import Progress
from bestviz.advice.model import FittedModel
from bestviz.advice.preferences import Preferences
from bestviz.cohort.selection import Filters
from bestviz.data.dataset import Trial
from bestviz.errors import BestVizError
from bestviz.figures import export
from bestviz.reports.pack import counted, drawn, learned
from bestviz.reports.pack.archive import zipped
from bestviz.reports.pack.item import Asked, Item
from bestviz.reports.pack.readme import WEIGHTS, captions, readme
from bestviz.reports.pack.tables import table_page
from bestviz.wording import cohort as cohort_words
from bestviz.wording import pack as words

__all__ = ["SECTIONS", "Asked", "Item", "make_pack"]

Maker = Callable[[Asked], Iterator[Item]]

VALUES, BOTH = "Values of regimes", "Both treatments"
JUDGED = (VALUES, BOTH)  # need regimes that were judged
# Of what is counted, then of what the model says.
COUNTED: dict[str, Maker] = {
    "Participant flow": counted.participant_flow,
    "Characteristics": counted.characteristics,
    "Means by week": counted.means,
    "Spread": counted.spread,
    "Response": counted.response,
    "Sequences": counted.paths,
    "Missing values": counted.absent,
    "Side effects and stopping": counted.harms,
}
LEARNED: dict[str, Maker] = {
    "First treatments": learned.firsts,
    VALUES: learned.values,
    BOTH: learned.both,
    "Predictors of benefit": learned.modifiers,
    "Groups": learned.groups,
    "What lasts": learned.lasting,
}
SECTIONS: dict[str, Maker] = {"Design": counted.design, **COUNTED, **LEARNED}


def make_pack(
    model: FittedModel,
    trial: Trial,
    weights: Preferences | Mapping[str, float] | None = None,
    evaluation: Evaluation | None = None,
    progress: Progress | None = None,
    *,
    filters: Filters | None = None,
    assigned: Assigned | None = None,
    pictures: bool = True,
) -> bytes:
    """A ZIP of all figures and tables; the same input gives the same bytes.

    Parameters
    ----------
    model : FittedModel
    trial : Trial
        Usually the data that the model was fitted on; where not, captions and README say so.
    weights : Preferences or mapping outcome -> weight, optional
        What the regime aims at. Default: PEG alone.
    evaluation : Evaluation, optional
        Values of regimes for the same model, data and weights, at week 24; left out where they were not judged so.
    progress : callable(done, total, what), optional
    filters : Filters, optional
        Whom the figures of the cohort show. Default: everybody.
    assigned : Assigned, optional
        Who gets both treatments, judged with the evaluation.
    pictures : bool
        Whether figures are drawn; without, the pack holds numbers and captions alone.

    Returns
    -------
    bytes
        README.txt, captions.txt, weights.json, card.md, SHA256SUMS, and in `figures/` and `tables/` the files. Figures
        are SVG; where no Chromium is found they are together in figures.html.

    Raises
    ------
    PreferenceError
        Impossible weights.
    ExportError
        The browser fails.
    """
    wishes = weights if isinstance(weights, Preferences) else Preferences.from_dict(weights)
    asked = Asked(model, trial, wishes, filters or Filters(), evaluation, assigned)
    tell = progress or (lambda done, total, what: None)
    items, left_out = _gathered(asked, tell)
    with_svg = pictures and not export.picture_problem()
    files: dict[str, bytes] = {}
    contents: dict[str, list[str]] = {}
    with drawn.browser_open() if with_svg else nullcontext():
        for place, item in enumerate(items):
            tell(place, len(items), "Drawing figures")
            found = _files(item, with_svg)
            files |= found
            contents[item.caption.title] = list(found)
    if pictures and not with_svg:
        files["figures.html"] = drawn.one_page(words.TITLE, items)
    how = words.SVG if with_svg else words.NO_BROWSER if pictures else words.NO_PICTURES
    head = {
        "README.txt": readme(asked, contents, left_out, how).encode(),
        "captions.txt": captions(items).encode(),
        WEIGHTS: (json.dumps(wishes.to_dict(), indent=2) + "\n").encode(),
        "card.md": model.card().encode(),
    }
    tell(len(items), len(items), "Drawing figures")
    return zipped(head | files)


def _gathered(asked: Asked, tell: Progress) -> tuple[list[Item], list[str]]:
    """All items, and why sections are left out."""
    items: list[Item] = []
    left_out: list[str] = []
    for place, (name, make) in enumerate(SECTIONS.items()):
        tell(place, len(SECTIONS), "Counting and asking the model")
        reason = _missing(asked, name)
        try:
            found = [] if reason else list(make(asked))
        except BestVizError as fault:
            found, reason = [], str(fault)
        items += found
        if not found:
            left_out.append(words.left_out(name, reason or words.NOTHING))
    return items, left_out


def _missing(asked: Asked, section: str) -> str:
    """Why a section cannot be made; empty where it can."""
    if section in COUNTED and asked.trial.participants["first_arm"].isna().all():
        return words.NO_ARMS
    if section in COUNTED and (refused := cohort_words.refused(asked.cohort)):
        return refused
    if section == "Response" and asked.trial.response.isna().all():
        return words.NO_RESPONSE
    if section not in JUDGED:
        return ""
    return asked.not_judged or (words.NOT_ASSIGNED if section == BOTH and asked.assigned is None else "")


def _files(item: Item, with_svg: bool) -> dict[str, bytes]:
    folder, files = "figures" if item.build is not None else "tables", {}
    if item.build is not None and with_svg:
        files[f"{folder}/{item.key}.svg"] = drawn.svg(item.build(), item)
    if item.table is not None:
        files[f"{folder}/{item.key}.csv"] = export.numbers(item.table, item.caption)
    if item.build is None and item.table is not None:
        files[f"{folder}/{item.key}.html"] = table_page(item.table, item.caption)
    return files
