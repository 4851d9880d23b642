"""JSON text from outside: one object, or one clear sentence about why not."""

from __future__ import annotations

import json
from typing import Any

from bestviz.errors import InputError

LARGEST_TEXT = 1_000_000  # bytes


def read_object(content: str | bytes, what: str, error: type[InputError] = InputError) -> dict[str, Any]:
    """Read one JSON object.

    Parameters
    ----------
    content : str or bytes
        The whole text; UTF-8, with or without a byte-order mark.
    what : str
        What the text is, to begin the message with, for example `"Patient file"`.
    error : type of InputError
        What to raise.

    Returns
    -------
    dict
        The object, not yet checked.
    """
    text = _decoded(content, what, error)
    if not text.strip():
        raise error(f"{what}: it is empty; a JSON object such as {{...}} is needed.")
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as fault:
        raise error(_syntax_message(fault, text, what)) from None
    except _DuplicateKeyError as fault:
        raise error(f"{what}: the key {fault} is given twice; keep one of them.") from None
    except RecursionError:
        raise error(f"{what}: it is nested too deeply to be what it should be.") from None
    except ValueError:  # an integer of thousands of digits
        raise error(f"{what}: it holds a number too long to read.") from None
    if not isinstance(value, dict):
        raise error(f"{what}: it holds {_kind(value)}, but a JSON object such as {{...}} is needed.")
    return value


class _DuplicateKeyError(ValueError):
    pass


def _decoded(content: str | bytes, what: str, error: type[InputError]) -> str:
    if len(content) > LARGEST_TEXT:
        raise error(f"{what}: it is larger than 1 MB, so it cannot be what it should be.")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise error(f"{what}: it is not UTF-8 text; save it again as UTF-8.") from None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKeyError(repr(next(key for key in keys if keys.count(key) > 1)))
    return result


def _syntax_message(fault: json.JSONDecodeError, text: str, what: str) -> str:
    if fault.pos >= len(text.rstrip()) or fault.msg.startswith("Unterminated string"):
        return f"{what}: it ends before it is complete (cut off at line {fault.lineno}); get the whole file again."
    return f"{what}: it is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}."


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    names = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return names[type(value)]
