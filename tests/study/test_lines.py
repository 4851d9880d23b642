"""The file of finished repeats: whole lines only, one writer, and a sentence for everything that can be wrong."""

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bestviz.study.lines import StudyError, open_lines, read_lines

ROOT = Path(__file__).resolve().parents[2]
LINES = [{"repeat": k, "value": k / 3, "words": "ä\n"} for k in range(5)]
HOLD = """
import sys, time
from bestviz.study.lines import open_lines
with open_lines(sys.argv[1]) as file:
    file.append({"repeat": 0})
    print("open", flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=["lines.jsonl", "lines.jsonl.gz"])
def path(request, tmp_path: Path) -> Path:
    return tmp_path / request.param


def written(path: Path, lines=LINES) -> Path:
    with open_lines(path) as file:
        for line in lines:
            file.append(line)
    return path


def test_what_is_appended_is_read_back(path):
    assert read_lines(written(path)) == LINES
    with open_lines(path) as file:
        assert (file.kept, file.mended) == (LINES, False)
        file.append({"repeat": 5})
        assert read_lines(path) == [*LINES, {"repeat": 5}]  # while it is open
    assert read_lines(path) == [*LINES, {"repeat": 5}]


def test_any_tool_can_read_it(path):
    reader = gzip.open if path.suffix == ".gz" else open
    with reader(written(path), "rt", encoding="utf-8") as file:
        assert [json.loads(row) for row in file] == LINES


def test_the_same_lines_are_the_same_bytes(tmp_path):
    once = written(tmp_path / "a.jsonl.gz").read_bytes()
    written(tmp_path / "b.jsonl.gz", LINES[:2])
    assert written(tmp_path / "b.jsonl.gz", LINES[2:]).read_bytes() == once


def test_many_lines_are_compressed_together(tmp_path):
    written(tmp_path / "a.jsonl.gz", LINES * 20)
    alone = sum(len(gzip.compress(json.dumps(line).encode())) for line in LINES * 20)
    assert (tmp_path / "a.jsonl.gz").stat().st_size < alone / 5


def test_wherever_a_killed_study_stopped_whole_lines_are_kept(path):
    """Cut at every byte; what is left opens, and can be added to."""
    content = written(path, LINES[:3]).read_bytes()
    for cut in range(len(content) + 1):
        path.write_bytes(content[:cut])
        before = read_lines(path)
        assert before == LINES[: len(before)]
        with open_lines(path) as file:
            assert file.kept == before
            assert file.mended == (cut not in (0, len(content)) and not content[:cut].endswith(b"}\n"))
            file.append({"repeat": "next"})
        assert read_lines(path) == [*before, {"repeat": "next"}]


def test_lines_compressed_one_by_one_are_kept_too(tmp_path):
    parts = [gzip.compress(json.dumps(line).encode() + b"\n") for line in LINES]
    path = tmp_path / "lines.jsonl.gz"
    path.write_bytes(b"".join(parts)[:-4])
    with open_lines(path) as file:
        assert file.mended
        assert file.kept == LINES  # all its text was there; only the end mark was not
    path.write_bytes(b"".join(parts[:4]) + parts[4][:12])
    assert read_lines(path) == LINES[:4]


def test_a_last_line_of_garbage_is_removed(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"a": 1}\n\0\0\0\0\n')
    with open_lines(path) as file:
        assert file.mended
    assert path.read_bytes() == b'{"a": 1}\n'


@pytest.mark.parametrize("content", ['not json\n{"a": 1}\n', '[1]\n{"a": 1}\n', "# Title\n\ntext\n"])
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "lines.jsonl"
    path.write_text(content)
    with pytest.raises(StudyError, match=r"lines\.jsonl, line 1: it is not a JSON object; remove the line, or name an"):
        open_lines(path)
    assert path.read_text() == content
    with pytest.raises(StudyError, match="line 1"):
        read_lines(path)


def test_a_damaged_compressed_file_is_refused(tmp_path):
    path = written(tmp_path / "lines.jsonl.gz")
    content = bytearray(path.read_bytes())
    content[15:25] = b"\xff" * 10
    path.write_bytes(content)
    with pytest.raises(StudyError, match="the compressed file is damaged; get it again"):
        read_lines(path)
    path.write_bytes(b"plain text")
    with pytest.raises(StudyError, match="is damaged"):
        open_lines(path)


def test_places_where_nothing_can_be_written(tmp_path):
    with pytest.raises(StudyError, match=r"must end in \.jsonl or \.jsonl\.gz"):
        open_lines(tmp_path / "lines.txt")
    with pytest.raises(StudyError, match=r"cannot be written .No such file or directory.; name another file"):
        open_lines(tmp_path / "none" / "lines.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(StudyError, match=r"cannot be written .Is a directory."):
        open_lines(tmp_path / "folder.jsonl")
    with pytest.raises(StudyError, match=r"cannot be read .No such file"):
        read_lines(tmp_path / "none.jsonl")


# -- one writer -------------------------------------------------------------------------------------------------------


def test_a_second_writer_is_refused_also_through_a_link(path):
    other = path.with_name(f"link-{path.name}")
    other.symlink_to(path)
    with open_lines(path):
        for name in (path, other):
            with pytest.raises(StudyError, match="another study is writing to it; wait for it, or name another file"):
                open_lines(name)
    open_lines(other).close()


def test_the_lock_holds_after_a_file_was_mended(path):
    path.write_bytes(written(path, LINES[:2]).read_bytes()[:-9])
    with open_lines(path) as file:
        assert file.mended
        with pytest.raises(StudyError, match="another study"):
            open_lines(path)


def test_the_lock_of_a_killed_process_is_none(path):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StudyError, match="another study is writing"):
            open_lines(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with open_lines(path) as file:
        assert (file.kept, file.mended) == ([{"repeat": 0}], False)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


# -- a full disk ------------------------------------------------------------------------------------------------------


FILL = """
import resource, sys
from bestviz.study.lines import StudyError, open_lines
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
with open_lines(sys.argv[1]) as file:
    try:
        for k in range(1000):
            file.append({"repeat": k, "text": str(hash(str(k))) * 20})
    except StudyError as fault:
        print(len(file.kept), fault)
"""


def test_a_full_disk_is_one_sentence_and_loses_nothing(path):
    done = subprocess.run([sys.executable, "-c", FILL, path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    number, _, sentence = done.stdout.strip().partition(" ")
    assert int(number) > 0
    assert sentence == (
        f"{path}: nothing more can be written (File too large); the {number} lines in it are kept, so free space and "
        "run the same command again."
    )
    assert [line["repeat"] for line in read_lines(path)] == list(range(int(number)))
    with open_lines(path) as file:
        assert not file.mended
