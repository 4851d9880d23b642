"""The words of the Data and model page: choosing data, what is wrong and how to mend it, rules, fits, models."""

from __future__ import annotations

import re

from bestviz.data.problems import Problem
from bestviz.trial import Measure, ResponseRule
from bestviz.wording.numbers import count_100, number

# -- choosing data ----------------------------------------------------------------------------------------------------

UPLOADED, TOGETHER = "the files chosen", "The files together"
NO_PATH = "No folder is named; type its path or choose one from the list."
NO_FILES = "No files were chosen; choose the tables of one data set together."
FORMAT = (
    "**Tables:** `participants` (one row a person: `id`, `first_arm`, `second_arm` and more), `assessments` "
    "(`id, week, measure, value`), `deep` (optional markers), as CSV in UTF-8 or Parquet, and `dataset.json`. "
    "**BACPAC:** `DM`, `QSMD` or `QS`, and `SC`, `FT`, `EX`, with `assignments.csv` for the arms. "
    "The figure shows what is measured when."
)
UPLOAD_NOTE = (
    "Uploaded files stay in the memory of this session. They are written nowhere, and are gone when you close or "
    "reload the page. A model that is fitted to them is saved and holds encoded values of the participants."
)
BLOCKED = "Errors block the fit. Mend them in the files, then check again."
BLOCKED_UPLOAD = (
    "Errors block the fit. Mend them in the files and upload those again: they replace files of the same name."
)
STATED = "Nothing blocks a fit. Read the warnings first: a fit goes on with them."
CLEAN = "Nothing is wrong with these data."
NO_DATA = "No data are in use yet; name a folder or upload files under Data first."
FAULTY_DATA = "The data have errors; they are listed under Data, each with how to mend it."
NO_SOUND_DATA = "Choose data without errors first. What is wrong is listed under Data."
NO_ARMS = "Nobody in these data has a first arm, so no model can be fitted; add first_arm and second_arm for everybody."


def not_local(text: str) -> str:
    """An address in place of a path."""
    return f"{text!r} is an address, not a folder of this machine; copy the data here first."


def outside(text: str, root: str) -> str:
    """A path that may not be read."""
    return (
        f"{text!r} is not inside {root!r}, and only folders inside it are read; copy the data there, or start the "
        "server with BESTVIZ_DATA_ROOT set to the folder that holds your data."
    )


def no_folder(text: str, root: str) -> str:
    """A path that leads nowhere."""
    return f"There is no folder {text!r} in {root!r}; check the spelling or choose one from the list."


def is_file(text: str) -> str:
    """A file in place of a folder."""
    return f"{text!r} is a file; name the folder that holds it, or upload the file."


def too_large(what: str, size: float, most: int) -> str:
    """An upload beyond the limit, in MB."""
    verb = "have" if what == TOGETHER else "has"
    return (
        f"{what} {verb} {size:.0f} MB, and at most {most} MB can be uploaded; store the tables as Parquet, or copy "
        "them to a data folder of the server and choose that."
    )


def counted(count: int, what: str) -> str:
    """`1 error`, `2 errors`, `1,205 values`."""
    return f"{count:,} {what if count == 1 else what + 's'}"


def contents(people: int, values: int, measures: int) -> str:
    """What a data set holds."""
    persons = "1 person" if people == 1 else f"{people:,} people"
    return f"{persons}, {counted(values, 'value')} of {counted(measures, 'measure')}"


# -- how to mend ------------------------------------------------------------------------------------------------------

_KEEP = "Nothing has to be done; the fit goes on."
_MEND: tuple[tuple[str, str], ...] = (
    (r"^The folder .* (does not exist|is a file)", "Choose another folder."),
    (r"^There is no dataset\.json", "Add dataset.json with name, description, simulated, date and source."),
    (r"^There is no assignments\.csv", "Add assignments.csv with USUBJID, first_arm and second_arm."),
    (r"^There are both", "Remove one of the two files."),
    (r"^The table .* is missing", "Add the file, or give it the right name."),
    (r"^The required column", "Add the column, or rename the one that is meant."),
    (r"is there twice", "Remove or rename one of the two columns."),
    (r"cannot be opened|cannot be read|damaged", "Export the file again from where it came from."),
    (r"not UTF-8|null bytes", "Save the file again as CSV UTF-8."),
    (r"not separated by commas|not valid CSV", "Save the table again as comma-separated CSV."),
    (r"not valid JSON|JSON object|as JSON", "Correct the file: it must hold one JSON object."),
    (r"fields where the header", "Give the row as many fields as the header has; copy it again from the source."),
    (r"is empty|has no rows", "Export the file again with its rows."),
    (r"^Duplicate|earlier row", "Remove the row that is wrong."),
    (r"[Uu]nknown person", "Correct the id, or add the person to the table of people."),
    (r"Did you mean", "Write the value that is suggested, if it is the one meant."),
    (r"^Unknown optional column", "Rename it if a known column is meant; else nothing has to be done."),
    (r"^Unknown|allowed:", "Write one of the allowed values, or empty the cell."),
    (r"outside its instrument", "Correct the value at its source, or remove the row."),
    (r"contraindicated for this person|not permitted", "Correct the arm, the class or the contraindication."),
    (r"first arm is missing", "Enter the arm that was assigned."),
    (r"under 18", "Correct the age, or leave the person out."),
    (r"is missing\.$", "Fill the cell, or remove the row."),
    (r"must be a whole number|must be a number|must be a single treatment", "Correct the cell, or empty it."),
    (r"must be", "Correct the cell."),
    (r"implausible", "Correct the value at its source; as it is, it is taken as missing."),
    (r"entry criterion", "Check the value; people like this were not to be enrolled."),
    (r"differs from .* by the rule", "Check the class, or edit the response rule; the recorded class is used."),
    (r"Fewer than", "Nothing has to be done; advice says where people are too few."),
    (r"contradict|differs", "Compare the two values at their source and correct the one that is wrong."),
)


def mend(problem: Problem) -> str:
    """How to mend a finding, in one sentence."""
    for pattern, words in _MEND:
        if re.search(pattern, problem.message):
            return words
    return _KEEP if problem.severity == "warning" else "Correct the cell, or remove the row."


# -- rules ------------------------------------------------------------------------------------------------------------

RULE_NOTE = (
    "The trial's own cut-offs are not public; these are assumed. A class that the data carry always wins: the rule "
    "judges only people without one. PGIC goes from 1 (very much improved) to 7 (very much worse)."
)
CHANGES_NOTE = (
    "A meaningful change is the smallest change that matters to patients. It is the unit in which outcomes are "
    "compared and added up, and it decides who counts as improved."
)
CUT_OFFS: dict[str, str] = {
    "excellent_pgic": "Excellent: PGIC at most",
    "good_pgic": "Good: PGIC at most",
    "medium_pgic": "Medium: PGIC at most",
    "excellent_fall": "PEG fall that lifts good to excellent (%)",
}
FAULTY_RULE = (
    "The cut-offs must not decrease from excellent to medium; raise the later one or lower the earlier one. "
    "The rule in force is unchanged."
)


def carried(recorded: int, differing: int, judged: int, unknown: int) -> str:
    """Where the response classes come from."""
    return (
        f"Recorded in the data, and kept under any rule: {recorded:,} people; the rule would put {differing:,} of them "
        f"into another class. Judged by the rule: {judged:,}. Not known: {unknown:,}."
    )


def moved(changed: int, people: int) -> str:
    """How many people change class."""
    if not changed:
        return f"None of {people:,} people changes class."
    persons = "1 person changes" if changed == 1 else f"{changed:,} people change"
    return f"{persons} class, of {people:,}."


def rule_text(rule: ResponseRule) -> str:
    """A rule in one sentence, with its name."""
    return f"Rule in force: {rule.describe()}"


def changed_label(measure: Measure) -> str:
    """Of the field of a meaningful change."""
    unit = "percentage points" if measure.binary else measure.unit
    return f"{measure.short} ({unit})"


def weighs(measure: Measure, default: Measure) -> str:
    """What another meaningful change does to the weight of an outcome."""
    if measure.meaningful_change == default.meaningful_change:
        return "as before"
    return f"times {number(default.meaningful_change / measure.meaningful_change, 2)}"


def improved(share: float | None) -> str:
    """Of 100 people, how many improved meaningfully; what there is nothing to tell from is said so."""
    return "not known" if share is None else f"{count_100(share)} of 100"


# -- fits -------------------------------------------------------------------------------------------------------------

SAVING = "Checking and saving"
BAD_NAME = "The name must have 1 to 40 letters, digits, - or _, and begin with a letter or digit; choose another name."
SETTINGS: dict[str, str] = {
    "name": "The model is saved as a folder of this name in the folder of models.",
    "learner": (
        "Ensemble: smooth effects of each input and a forest, weighed by how well they foretell. Additive: smooth "
        "effects only, quicker. Forest: for effects that hang on several inputs together."
    ),
    "replicates": "How often it is fitted again to resampled people. Intervals rest on these; 200 is usual.",
    "seed": "The same data, settings and seed give the same model.",
    "deep": "Use the markers of deep phenotyping as inputs too.",
    "calibrate": "Measure in 20 simulated trials how often intervals hold the truth, and widen them by that.",
}
NO_DEEP = "These data have no deep markers."
IN_PROCESS = (
    "The fit runs beside the pages, which stay usable. It goes on when you leave or reload this page, and ends when "
    "the server does. The model that is in use stays in use until you choose another."
)


def replaces(name: str) -> str:
    """What a fit to an existing name does."""
    return f"A model called {name!r} exists. It is replaced when the new one is complete, and stays in use until then."


def lasting(seconds: float) -> str:
    """A time as it is said beforehand."""
    if seconds < 50:
        return f"about {max(round(seconds / 5) * 5, 5):.0f} seconds"
    minutes = seconds / 60
    return "about 1 minute" if minutes < 1.5 else f"about {minutes:.0f} minutes"


def fitted(name: str, data: str) -> str:
    """A fit that is done."""
    return f"The model {name!r} is fitted to {data!r} and saved."


def cancelled(name: str) -> str:
    """A fit that was cancelled."""
    return f"The fit of {name!r} was cancelled. Nothing was saved; an older model of that name is unchanged."


def failed(name: str, why: str) -> str:
    """A fit that failed."""
    return f"The model {name!r} was not fitted. {why}"


# -- models -----------------------------------------------------------------------------------------------------------

COMPARE_NOTE = (
    "The cross-fitted value is that of the rule in people it was not learned from, when it aims at PEG. Where it is "
    "not known: choose the model and its own data and open Regimes, or use the command evaluate; it is then "
    "kept beside the model. Coverage is measured by a fit with Calibrate. A better value on other data does not make a "
    "better model."
)
NO_MODELS = "There is no model in the folder of models yet; fit one under Fit."
NO_CARD = "There is no model yet, so there is no card; fit one under Fit."
VERIFIED = "its file is the one that was saved (size, SHA-256 and versions agree)"
