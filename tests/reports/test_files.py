import os

import pytest

from bestviz.reports import files
from bestviz.reports.files import PlaceError, check_place, write_whole


def test_a_file_is_replaced_whole(tmp_path):
    place = tmp_path / "a.pdf"
    place.write_bytes(b"old")
    write_whole(place, b"new")
    assert place.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.pdf"]


def test_a_failure_leaves_the_earlier_file(tmp_path, monkeypatch):
    place = tmp_path / "a.pdf"
    place.write_bytes(b"old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(PlaceError, match=r"a\.pdf: it cannot be written \(No space left on device\); name another"):
        write_whole(place, b"new")
    assert place.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.pdf"]


def test_places_where_nothing_can_be_written(tmp_path, monkeypatch):
    with pytest.raises(PlaceError, match="it is a folder; name a file in it"):
        check_place(tmp_path)
    with pytest.raises(PlaceError, match="does not exist; make it first"):
        check_place(tmp_path / "none" / "a.pdf")
    monkeypatch.setattr(files.os, "access", lambda *_: False)
    with pytest.raises(PlaceError, match="nothing can be written into the folder"):
        check_place(tmp_path / "a.pdf")
