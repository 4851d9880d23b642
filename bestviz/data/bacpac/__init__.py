"""The consortium's data format (modified SDTM: DM, SC, QSMD or QS, FT, EX): reading, scoring and writing it."""

from bestviz.data.bacpac.memory import MemoryFolder
from bestviz.data.bacpac.person import PersonRecord, list_people, read_person
from bestviz.data.bacpac.read import is_bacpac, read_bacpac

__all__ = ["MemoryFolder", "PersonRecord", "is_bacpac", "list_people", "read_bacpac", "read_person"]
