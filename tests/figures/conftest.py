"""Recorded advice in the contract's shape; the numbers are made up."""

import copy
import json
from pathlib import Path

import pytest

EXAMPLE = json.loads((Path(__file__).parent / "advice_example.json").read_text(encoding="utf-8"))


@pytest.fixture
def advice():
    return copy.deepcopy(EXAMPLE)
