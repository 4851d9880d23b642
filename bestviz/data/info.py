"""`dataset.json`: name, description, whether simulated, date, source and response rule of a data set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bestviz.data.dataset import DatasetInfo
from bestviz.data.problems import Problem
from bestviz.data.tables import Folder, suggestion
from bestviz.trial import DEFAULT_RESPONSE_RULE, ResponseRule

FILE = "dataset.json"
_TEXTS = ("name", "description", "date", "source")


def read_info(folder: Folder, *, required: bool = True) -> tuple[DatasetInfo, dict[str, Any], list[Problem]]:
    """Read `dataset.json` of a data folder.

    Parameters
    ----------
    folder : Folder
        Data folder, on disk or in memory.
    required : bool
        Whether its absence is worth a warning.

    Returns
    -------
    DatasetInfo
        With the folder's name and the default rule where the file says nothing.
    dict
        The whole content of the file.
    list of Problem
        What is wrong with it.
    """
    unnamed = DatasetInfo(name=Path(str(folder)).resolve().name)
    file = next((file for file in folder.iterdir() if file.name == FILE), None)
    if file is None:
        message = "There is no dataset.json; the data are taken as not simulated, with the default response rule."
        return unnamed, {}, [Problem("warning", FILE, None, None, message)] if required else []
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        return unnamed, {}, [Problem("error", FILE, error.lineno, None, f"The file is not valid JSON: {error.msg}.")]
    except (OSError, ValueError, RecursionError):
        return unnamed, {}, [Problem("error", FILE, None, None, "The file cannot be read as JSON in UTF-8.")]
    if not isinstance(content, dict):
        return unnamed, {}, [Problem("error", FILE, None, None, "The file must hold one JSON object.")]
    problems = [
        Problem("error", FILE, None, key, f"{key!r} must be text.")
        for key in _TEXTS
        if not isinstance(content.get(key, ""), str)
    ]
    if not isinstance(content.get("simulated", False), bool):
        problems.append(Problem("error", FILE, None, "simulated", "'simulated' must be true or false."))
    rule, wrong = _rule(content.get("response_rule"))
    if wrong:
        problems.append(Problem("error", FILE, None, "response_rule", wrong))
    if problems:
        return unnamed, content, problems
    texts = {key: content.get(key, "") for key in _TEXTS}
    texts["name"] = texts["name"] or unnamed.name
    return DatasetInfo(**texts, simulated=content.get("simulated", False), response_rule=rule), content, []


def _rule(content: object) -> tuple[ResponseRule, str | None]:
    if content is None:
        return DEFAULT_RESPONSE_RULE, None
    if not isinstance(content, dict):
        return DEFAULT_RESPONSE_RULE, "'response_rule' must be an object with the cut-offs of the rule."
    known = DEFAULT_RESPONSE_RULE.to_dict()
    for key, value in content.items():
        if key not in known:
            return DEFAULT_RESPONSE_RULE, f"Unknown cut-off {key!r} in the response rule.{suggestion(key, known)}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return DEFAULT_RESPONSE_RULE, f"The cut-off {key!r} of the response rule must be a number."
        if isinstance(known[key], int) and value != int(value if abs(value) < 1e9 else 0):
            return DEFAULT_RESPONSE_RULE, f"The cut-off {key!r} of the response rule must be a whole number."
    try:
        values = {key: type(known[key])(value) for key, value in content.items()}
        return ResponseRule(**values), None  # type: ignore[arg-type]
    except ValueError as error:
        return DEFAULT_RESPONSE_RULE, str(error)
