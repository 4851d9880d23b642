"""Saving and loading a model: whole or not at all, and nothing runs before it was checked."""

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestRegressor

from bestviz import store
from bestviz.errors import ModelFileError
from bestviz.safe_unpickle import unpickle
from bestviz.trial import MEASURES, ResponseRule

FACTS = {"trained_on": "demo", "simulated": True, "participants": 3, "data_digest": "abc"}


class Trap:
    """Writes a file when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def save(folder: Path, model: object = "first") -> Path:
    store.save_model(model, folder, FACTS, "# Card\n")
    return folder


def rewrite(folder: Path, **changes: object) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text()) | changes
    path.write_text(json.dumps(manifest))


def plant(folder: Path, content: bytes) -> None:
    """A model file with a manifest that fits it."""
    (folder / "model.joblib").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    rewrite(folder, file={"name": "model.joblib", "size": len(content), "sha256": digest})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save(tmp_path / "models" / "demo")


def test_what_a_model_is_built_from_comes_back_equal(tmp_path):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "number": [1.5, np.nan],
            "text": pd.Series(["x", None], dtype="str"),
            "flag": pd.array([True, None], dtype="boolean"),
            "object": np.array(["a", None], dtype=object),
            "category": pd.Categorical(["u", "v"], ordered=True),
        },
        index=pd.Index(["p1", "p2"], name="id"),
    )
    forest = RandomForestRegressor(3, random_state=1).fit(rng.normal(size=(30, 2)), rng.normal(size=(30, 2)))
    model = {"table": table, "array": rng.normal(size=(4, 3)), "rule": ResponseRule(), "measure": MEASURES["peg"]}
    save(tmp_path / "m", {**model, "forest": forest, "rng": rng, "set": {1}})
    loaded = store.load_model(tmp_path / "m")
    pd.testing.assert_frame_equal(loaded["table"], table)
    np.testing.assert_array_equal(loaded["array"], model["array"])
    assert loaded["rule"] == model["rule"]
    assert loaded["measure"] == model["measure"]
    np.testing.assert_array_equal(loaded["forest"].predict([[0, 0]]), forest.predict([[0, 0]]))
    assert loaded["rng"].random() == rng.random()


def test_manifest_and_card(folder):
    manifest = store.load_manifest(folder)
    content = (folder / "model.joblib").read_bytes()
    assert manifest["file"] == {
        "name": "model.joblib",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert {"bestviz", "python", "numpy", "pandas", "scikit-learn", "joblib"} <= manifest["versions"].keys()
    assert FACTS.items() <= manifest.items()
    assert store.read_attached(folder, store.CARD_FILE) == "# Card\n"
    assert sorted(p.name for p in folder.parent.iterdir()) == ["demo"]


def test_every_flipped_byte_is_found(folder):
    path = folder / "model.joblib"
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(ModelFileError, match="SHA-256"):
            store.load_model(folder)


@pytest.mark.parametrize("size", [0, 1, 10])
def test_a_truncated_file_is_refused(folder, size):
    path = folder / "model.joblib"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ModelFileError, match="damaged"):
        store.load_model(folder)


def test_a_foreign_pickle_is_refused_before_it_runs(folder, tmp_path):
    trace = tmp_path / "ran"
    for content in (pickle.dumps(Trap(trace)), joblib_bytes(Trap(trace)), joblib_bytes(np.array([Trap(trace)]))):
        plant(folder, content)
        with pytest.raises(ModelFileError, match="mkdir"):
            store.load_model(folder)
        assert not trace.exists()
        (folder / "manifest.json").write_text("{}")
        with pytest.raises(ModelFileError, match="format version"):
            store.load_model(folder)
        shutil.rmtree(folder)
        save(folder)


def joblib_bytes(value: object) -> bytes:
    import io

    file = io.BytesIO()
    joblib.dump(value, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "eval"),
        ("builtins", "getattr"),
        ("bestviz.store", "os.system"),
        ("bestviz.store", "shutil"),
        ("bestviz.store", "Path"),
        ("bestviz.advice.patient", "read_object"),
        ("bestviz.advice.patient", "PatientError"),
        ("bestviz.nowhere", "Thing"),
        ("bestvizard.x", "Thing"),
        ("sklearn.datasets", "fetch_openml"),
        ("sklearn.base", "os"),
        ("numpy", "memmap"),
        ("numpy", "load"),
        ("numpy.lib.npyio", "DataSource"),
        ("pandas", "read_pickle"),
        ("pandas", "eval"),
        ("joblib.numpy_pickle_compat", "NDArrayWrapper"),
        ("pandas", "DataFrame.to_pickle"),
    ],
)
def test_names_that_no_model_needs_are_refused(module, name):
    for opcode in (
        b"c" + module.encode() + b"\n" + name.encode() + b"\n.",
        b"\x80\x04\x8c"
        + bytes([len(module)])
        + module.encode()
        + b"\x8c"
        + bytes([len(name)])
        + name.encode()
        + b"\x93.",
    ):
        with pytest.raises(ModelFileError):
            unpickle(opcode, "x")


@pytest.mark.parametrize("content", [b"", b".", b"not a pickle", b"\x80\x04", b"(lp0\n" * 5])
def test_broken_streams_are_one_sentence(content):
    with pytest.raises(ModelFileError, match=r"^here"):
        unpickle(content, "here")


@pytest.mark.parametrize("library", ["bestviz", "numpy", "pandas", "scikit-learn", "joblib"])
def test_another_version_is_refused_with_what_to_do(folder, library):
    versions = store.load_manifest(folder)["versions"]
    rewrite(folder, versions=versions | {library: "99.1.0"})
    with pytest.raises(ModelFileError, match=f"{library} 99.1.0.*fit the model again"):
        store.load_model(folder)


def test_another_patch_release_is_accepted(folder):
    versions = store.load_manifest(folder)["versions"]
    major, minor, _ = versions["pandas"].split(".")
    rewrite(folder, versions=versions | {"pandas": f"{major}.{minor}.99"})
    assert store.load_model(folder) == "first"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format_version": 0}, "format version 0"),
        ({"format_version": "1"}, "format version '1'"),
        ({"versions": None}, "versions"),
        ({"file": {"name": "../x", "size": 1, "sha256": ""}}, "file"),
        ({"file": {"name": "model.joblib", "size": "1", "sha256": ""}}, "size"),
        ({"simulated": "yes"}, "simulated"),
        ({"participants": None}, "participants"),
    ],
)
def test_an_incomplete_manifest_is_refused(folder, change, words):
    rewrite(folder, **change)
    with pytest.raises(ModelFileError, match=words):
        store.load_model(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"a": NaN}'])
def test_a_manifest_that_is_no_manifest(folder, content):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(ModelFileError, match=r"manifest.json"):
        store.load_model(folder)


def test_no_model_there(tmp_path):
    with pytest.raises(ModelFileError, match="no model here"):
        store.load_model(tmp_path / "none")


def test_a_model_is_replaced_by_a_newer_one(folder):
    save(folder, "second")
    assert store.load_model(folder) == "second"
    assert [p.name for p in folder.parent.iterdir()] == ["demo"]


def test_a_model_that_could_not_be_opened_again_keeps_the_old_one(folder, tmp_path):
    with pytest.raises(ModelFileError, match="mkdir"):
        save(folder, Trap(tmp_path / "ran"))
    assert store.load_model(folder) == "first"
    assert [p.name for p in folder.parent.iterdir()] == ["demo"]


@pytest.mark.parametrize("manifest", [{}, FACTS | {"more": float("nan")}, FACTS | {"more": {1}}])
def test_a_manifest_that_cannot_be_written_keeps_the_old_one(folder, manifest):
    with pytest.raises(ModelFileError, match="cannot be saved"):
        store.save_model("second", folder, manifest, "")
    assert store.load_model(folder) == "first"


@pytest.mark.parametrize("name", ["store.flush", "store.flush_folder", "swapping.flush_folder"])
def test_a_full_disk_keeps_the_old_one(folder, monkeypatch, name):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"bestviz.{name}", full)
    with pytest.raises(ModelFileError, match="No space left"):
        save(folder, "second")
    monkeypatch.undo()
    assert store.load_model(folder) in ("first", "second")
    assert [p.name for p in folder.parent.iterdir() if "draft" in p.name] == []


def test_a_failed_rename_brings_the_old_one_back(folder, monkeypatch):
    rename = os.rename

    def fails_into_place(source, target):
        if str(source).endswith(".draft"):
            raise OSError(5, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "rename", fails_into_place)
    with pytest.raises(ModelFileError, match="Input/output error"):
        save(folder, "second")
    monkeypatch.undo()
    assert store.load_model(folder) == "first"


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_killed_while_saving_leaves_a_model_in_use(folder, renames):
    """The process dies without any clean-up after so many successful renames."""
    code = (
        "import os, sys\n"
        "from bestviz import store\n"
        "from pathlib import Path\n"
        f"real, left = os.rename, [{renames}]\n"
        "def rename(a, b):\n"
        "    if Path(b).exists() and any(Path(b).iterdir()): return real(a, b)\n"
        "    if not left[0]: os._exit(9)\n"
        "    left[0] -= 1\n"
        "    real(a, b)\n"
        "    if not left[0]: os._exit(9)\n"
        "os.rename = rename\n"
        f"store.save_model('second', sys.argv[1], {FACTS!r}, '')\n"
    )
    root = Path(__file__).resolve().parents[1]
    assert subprocess.run([sys.executable, "-c", code, str(folder)], cwd=root).returncode == 9
    expected = "second" if renames == 2 else "first"
    assert [e.name for e in store.list_models(folder.parent)] == ["demo"]
    assert store.load_model(folder) == expected
    save(folder, "third")
    assert store.load_model(folder) == "third"
    assert [p.name for p in folder.parent.iterdir() if p.name.endswith(".replaced")] == []


def test_a_folder_with_other_things_is_never_replaced(tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    with pytest.raises(ModelFileError, match=r"thesis\.docx"):
        save(tmp_path)
    with pytest.raises(ModelFileError, match="this is a file"):
        save(tmp_path / "thesis.docx")
    assert (tmp_path / "thesis.docx").read_text() == "x"


def test_listing_names_what_cannot_be_used(folder):
    root = folder.parent
    save(root / "broken")
    (root / "broken" / "manifest.json").write_text("{")
    save(root / "old")
    rewrite(root / "old", format_version=0)
    save(root / "empty")
    (root / "empty" / "model.joblib").unlink()
    (root / "README.md").write_text("x")
    entries = {e.name: e for e in store.list_models(root)}
    assert list(entries) == ["broken", "demo", "empty", "old"]
    assert entries["demo"].problem is None
    assert entries["demo"].manifest["trained_on"] == "demo"
    assert "complete" in entries["broken"].problem
    assert entries["broken"].manifest is None
    assert "format version" in entries["old"].problem
    assert "missing" in entries["empty"].problem
    assert store.list_models(root / "nowhere") == []


def test_verify_finds_damage_without_opening(folder):
    assert store.verify_model(folder)["trained_on"] == "demo"
    (folder / "model.joblib").write_bytes(b"x")
    with pytest.raises(ModelFileError, match="damaged"):
        store.verify_model(folder)


def test_reading_while_it_is_replaced(folder):
    code = "import sys\nfrom bestviz import store\nfor _ in range(150): print(store.load_model(sys.argv[1]))\n"
    root = Path(__file__).resolve().parents[1]
    reader = subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=root, stdout=subprocess.PIPE, text=True)
    while reader.poll() is None:
        save(folder, "second")
    assert set(reader.communicate()[0].split()) <= {"first", "second"}
    assert reader.returncode == 0


# --- what is found later ---


def test_what_is_found_later_lies_beside_the_model(folder):
    rewrite(folder, digest="d1")
    store.attach(folder, "d1", {store.VALUE_FILE: "{}", store.CARD_FILE: "# New\n"})
    assert store.read_attached(folder, store.VALUE_FILE) == "{}"
    assert store.read_attached(folder, store.CARD_FILE) == "# New\n"
    assert store.load_model(folder) == "first"
    assert [p.name for p in folder.parent.iterdir()] == ["demo"]
    save(folder, "second")  # a new model takes nothing over from the old one
    with pytest.raises(ModelFileError, match=r"value\.json: it cannot be read"):
        store.read_attached(folder, store.VALUE_FILE)


def test_what_was_found_of_another_model_is_not_put_beside_this_one(folder):
    rewrite(folder, digest="d2")
    with pytest.raises(ModelFileError, match="another model has taken its place"):
        store.attach(folder, "d1", {store.VALUE_FILE: "{}"})
    with pytest.raises(ModelFileError, match="no model here"):
        store.attach(folder.parent / "none", "d1", {store.VALUE_FILE: "{}"})
    assert not (folder / store.VALUE_FILE).exists()


def test_a_full_disk_leaves_what_lay_beside_the_model(folder, monkeypatch):
    rewrite(folder, digest="d1")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write_text", full)
    with pytest.raises(ModelFileError, match=r"cannot be kept beside it \(No space left on device\)"):
        store.attach(folder, "d1", {store.CARD_FILE: "# New\n"})
    assert store.read_attached(folder, store.CARD_FILE) == "# Card\n"
    assert [p.name for p in folder.parent.iterdir()] == ["demo"]
