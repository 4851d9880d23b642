"""From files to one validated Trial: readers of both formats, scoring, checks, the simulator."""

from bestviz.data.bacpac import MemoryFolder, PersonRecord, list_people, read_person
from bestviz.data.dataset import DatasetInfo, Trial
from bestviz.data.draft import Draft
from bestviz.data.load import Validation, examine, load_trial, read_draft, validate
from bestviz.data.problems import Problem
from bestviz.data.simulator import simulate_trial
from bestviz.data.write import write_trial

__all__ = [
    "DatasetInfo",
    "Draft",
    "MemoryFolder",
    "PersonRecord",
    "Problem",
    "Trial",
    "Validation",
    "examine",
    "list_people",
    "load_trial",
    "read_draft",
    "read_person",
    "simulate_trial",
    "validate",
    "write_trial",
]
