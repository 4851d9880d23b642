"""The manuscript pack: what is in it, that it is the same every time, and what it says where something is missing."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pytest
from click.testing import CliRunner

import bestviz
from bestviz.advice.evaluation import Evaluation
from bestviz.advice.evaluation_values import OutcomeValue
from bestviz.cohort.selection import Filters
from bestviz.errors import PreferenceError
from bestviz.figures import export
from bestviz.figures.export import Caption
from bestviz.regime.judging.regimes import REFERENCES
from bestviz.regime.judging.values import Estimate, RegimeValue
from bestviz.reports import pack
from bestviz.reports.pack import Item, drawn, make_pack
from bestviz.reports.pack.__main__ import pack as command
from bestviz.reports.pack.archive import SUMS, zipped
from bestviz.reports.pack.tables import table_page
from bestviz.wording import SIMULATED
from bestviz.wording import pack as words
from bestviz.wording.judged import OTHER_WEIGHTS
from tests.reports.deck_parts import NAME, assigned, digest
from tests.reports.deck_parts import judged as by_hand


@pytest.fixture(scope="module")
def trial():
    return bestviz.simulate_trial(n=300, seed=1)


@pytest.fixture(scope="module")
def model(demo_models):
    return bestviz.load_model(demo_models / "demo")


@pytest.fixture(scope="module")
def made(model, trial):
    return make_pack(model, trial, {"peg": 1}, pictures=False)


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def text(content, name="README.txt"):
    return opened(content)[name].decode()


def test_the_same_input_gives_the_same_bytes_and_other_weights_do_not(made, model, trial):
    assert make_pack(model, trial, {"peg": 1.0}, pictures=False) == made
    assert make_pack(model, trial, {"peg": 1, "depression": 1}, pictures=False) != made


def test_a_zip_has_no_time_of_its_own_and_says_its_digests():
    content = zipped({"a.txt": b"one", "b/c.txt": b"two"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    found = opened(content)
    assert found[SUMS].decode().splitlines() == [
        f"{hashlib.sha256(b'one').hexdigest()}  a.txt",
        f"{hashlib.sha256(b'two').hexdigest()}  b/c.txt",
    ]


def test_every_table_says_what_it_is_of_whom_and_that_the_data_are_simulated(made):
    tables = {name: content for name, content in opened(made).items() if name.endswith(".csv")}
    assert {"figures/flow.csv", "figures/course-peg.csv", "tables/baseline.csv", "figures/groups.csv"} <= set(tables)
    for content in tables.values():
        notes = [line for line in content.decode("utf-8-sig").splitlines() if line.startswith("# ")]
        assert f"# {SIMULATED}." in notes
        assert any("week" in line for line in notes)
        assert any("interval" in line.lower() or "standard deviation" in line for line in notes)
        assert len(pd.read_csv(io.BytesIO(content), comment="#"))


def test_captions_hold_the_message_of_every_figure(made):
    found = text(made, "captions.txt")
    figures = {name.split("/")[1][:-4] for name in opened(made) if name.startswith("figures/")}
    assert all(f"\n{key}\n" in f"\n{found}" for key in figures)
    assert found.count("Alternative text: ") == len(figures) + 1  # the design has no numbers


def test_the_readme_says_how_to_make_it_again(made, model, trial):
    readme = text(made)
    for fact in (model.digest, trial.digest, model.info.data_digest, f"seed {model.info.seed}", f"{SIMULATED}."):
        assert fact in readme
    assert "--model models/demo --preferences weights.json --out pack.zip" in readme
    assert words.APART not in readme
    assert words.left_out("Values of regimes", words.NOT_EVALUATED) in readme
    assert json.loads(text(made, "weights.json")) == {"peg": 1.0}


def judged(*regimes):
    """Made-up values, one apart, each half a meaningful change wide."""
    values = tuple(
        OutcomeValue("utility", 24, RegimeValue(regime, "utility", None, 50, Estimate(at, 0.5), differences))
        for at, regime in enumerate(regimes)
        for differences in [{one: Estimate(at - 1.0, 0.5) for one in REFERENCES}]
    )
    named = {"best_fixed": {"DUL": 1.0}}
    return Evaluation("cross-fitted", values, {"peg": 1.0}, named, (), 50, NAME, NAME, digest(), 5, 2, True, None)


@pytest.mark.parametrize(("last", "how"), [("tree", "with-tree"), ("learned", "without-tree")])
def test_values_that_were_judged_are_in_it_and_in_the_command(model, trial, last, how):
    evaluation = judged("as_randomised", "best_single", "best_fixed", *dict.fromkeys(("learned", last)))
    found = opened(make_pack(model, trial, {"peg": 1}, evaluation, pictures=False))
    table = pd.read_csv(io.BytesIO(found["figures/value-utility-week-24.csv"]), comment="#")
    assert list(table["value"][:4]) == [0, 1, 2, 3]
    assert "figures/gain-utility-week-24.csv" in found
    assert b'"Utility of the weights in force, week 24",As randomised' in found["tables/values.csv"]
    assert f"--preferences weights.json --evaluate {how} --out pack.zip" in found["README.txt"].decode()


def test_values_for_other_weights_are_left_out(model, trial):
    evaluation = judged("as_randomised", "best_single", "best_fixed", "learned")
    content = make_pack(model, trial, {"peg": 1, "depression": 1}, evaluation, pictures=False)
    assert "figures/value-utility-week-24.csv" not in opened(content)
    assert words.left_out("Values of regimes", OTHER_WEIGHTS) in text(content)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"data": "Another trial", "data_digest": "0"}, "judged in other data (Another trial)"),
        ({"trained_on": "Another trial"}, "a model fitted to other data (Another trial)"),
        ({"weeks": [("utility", 36), ("peg", 36)]}, "judged for benefit by week 36"),
    ],
)
def test_values_of_something_else_are_left_out_and_why(model, trial, changes, told):
    content = make_pack(model, trial, {"peg": 1}, by_hand(**changes), pictures=False)
    assert not [name for name in opened(content) if name.startswith("figures/value")]
    assert told in text(content)


def test_who_gets_both_treatments_is_in_it_where_it_was_judged(made, model, trial):
    found = opened(make_pack(model, trial, {"peg": 1}, by_hand(), assigned=assigned(few=5), pictures=False))
    table = pd.read_csv(io.BytesIO(found["figures/both-regime.csv"]), comment="#", dtype=str)
    would = table.set_index(["when", "what"])["under the regime, of 100"]
    assert would["First treatment", "Enhanced self-care"] == "90"
    assert would["Second treatment", "Duloxetine"] == "<10 people"
    assert "figures/both-randomised.csv" in found
    assert "95 of 100" in found["captions.txt"].decode()
    assert words.left_out("Both treatments", words.NOT_EVALUATED) in text(made)
    without = make_pack(model, trial, {"peg": 1}, by_hand(), pictures=False)
    assert words.left_out("Both treatments", words.NOT_ASSIGNED) in text(without)


def test_nothing_small_gets_out(made):
    table = pd.read_csv(io.BytesIO(opened(made)["figures/sequences.csv"]), comment="#", dtype=str)
    shown = table["people"][~table["people"].str.startswith(("<", ">"))].astype(int)
    assert shown.min() >= 10


def test_filters_hold_for_what_is_counted_and_are_in_the_command(made, model, trial):
    some = make_pack(model, trial, filters=Filters(sex=("female",), age=("40 to 49", "50 to 64")), pictures=False)
    line = text(some, "figures/flow.csv").splitlines()[1]
    assert line.endswith("Filters: female; age 40 to 49 or 50 to 64 years.")
    assert "--sex female --age '40 to 49' --age '50 to 64'" in text(some)
    assert opened(some)["figures/groups.csv"] == opened(made)["figures/groups.csv"]


def test_too_few_people_are_not_counted_and_it_says_so(model, trial):
    some = make_pack(model, trial, filters=Filters(site=("nowhere",)), pictures=False)
    assert "figures/flow.csv" not in opened(some)
    assert "figures/groups.csv" in opened(some)
    assert "- Participant flow: Nobody is left with these filters." in text(some)


def test_data_without_arms_leave_only_what_the_model_says(model, trial):
    bare = replace(trial, participants=trial.participants.assign(first_arm=pd.NA, second_arm=pd.NA))
    readme = text(make_pack(model, bare, pictures=False))
    assert words.left_out("Participant flow", words.NO_ARMS) in readme


def test_a_model_of_other_data_is_said_everywhere(model):
    other = bestviz.simulate_trial(n=120, seed=7)
    found = opened(make_pack(model, other, pictures=False))
    assert words.APART in found["README.txt"].decode()
    assert words.APART in found["figures/groups.csv"].decode("utf-8-sig")
    assert words.APART not in found["figures/flow.csv"].decode("utf-8-sig")


def test_a_section_that_fails_is_left_out_with_its_reason(monkeypatch, model, trial):
    def refuse(asked):
        raise PreferenceError("This cannot be weighed.")
        yield

    monkeypatch.setitem(pack.SECTIONS, "Groups", refuse)
    assert "- Groups: This cannot be weighed." in text(make_pack(model, trial, pictures=False))


def test_impossible_weights_are_refused(model, trial):
    with pytest.raises(PreferenceError, match="nonsense"):
        make_pack(model, trial, {"nonsense": 1}, pictures=False)


def test_progress_goes_up_to_the_end(model, trial):
    told = []
    make_pack(model, trial, progress=lambda *said: told.append(said), pictures=False)
    assert told[0][:2] == (0, len(pack.SECTIONS))
    assert told[-1][0] == told[-1][1]
    assert all(done <= total for done, total, _ in told)


# -- figures ----------------------------------------------------------------------------------------------------------


def test_without_a_browser_figures_are_one_page_that_needs_no_network(monkeypatch, model, trial):
    monkeypatch.setattr(export, "find_browser", lambda: None)
    some = dict(list(pack.SECTIONS.items())[:2])
    monkeypatch.setattr(pack, "SECTIONS", some)
    content = make_pack(model, trial)
    assert make_pack(model, trial) == content
    page = text(content, "figures.html")
    assert page.count("Plotly.newPlot(") == 2
    assert '<div id="flow"' in page
    assert SIMULATED in page
    assert 'src="http' not in page
    assert not any(name.endswith(".svg") for name in opened(content))
    assert words.NO_BROWSER in text(content)


@pytest.mark.skipif(bool(export.picture_problem()), reason="needs Chromium")
def test_figures_are_svg_and_the_same_every_time(monkeypatch, model, trial):
    some = {name: make for name, make in pack.SECTIONS.items() if name in ("Participant flow", "Sequences")}
    monkeypatch.setattr(pack, "SECTIONS", some)
    content = make_pack(model, trial)
    assert make_pack(model, trial) == content
    drawing = text(content, "figures/sequences.svg")
    assert drawing.startswith("<svg")
    assert "Sequences as randomised" in drawing
    assert words.SVG in text(content)


def test_random_names_go_and_colours_stay():
    drawing = b'<defs id="defs-a7ee3a"><clipPath id="clipa7ee3ax"/></defs><path fill="#a7ee3a" clip="#clipa7ee3ax"/>'
    same = b'<defs id="defs-figure"><clipPath id="clipfigurex"/></defs><path fill="#a7ee3a" clip="#clipfigurex"/>'
    assert drawn.same_names(drawing) == same


def test_text_in_a_table_page_is_no_markup():
    page = table_page(pd.DataFrame({"a_b": ["<b>"], "c": [float("nan")]}), Caption("T & U", ("note <i>",))).decode()
    assert "&lt;b&gt;" in page
    assert "T &amp; U" in page
    assert "note &lt;i&gt;" in page
    assert '<th scope="col">A b</th>' in page
    assert "<td>not shown</td>" in page


def test_a_page_of_figures_escapes_captions():
    item = Item("one", Caption("<T>", ("<n>",), '"alt"'), None, go.Figure)
    page = drawn.one_page("All", [item]).decode()
    assert "<h2>&lt;T&gt;</h2><p>&lt;n&gt;</p>" in page
    assert 'aria-label="&quot;alt&quot;"' in page


# -- command ----------------------------------------------------------------------------------------------------------


def test_the_command_makes_the_same_pack(monkeypatch, tmp_path, demo_models, trial, made):
    monkeypatch.setattr(export, "find_browser", lambda: None)
    bestviz.write_trial(trial, tmp_path / "data")
    given = ["--data", str(tmp_path / "data"), "--model", str(demo_models / "demo"), "--out", str(tmp_path / "p.zip")]
    result = CliRunner().invoke(command, given)
    assert result.exit_code == 0, result.output
    found = opened((tmp_path / "p.zip").read_bytes())
    assert found["figures/flow.csv"] == opened(made)["figures/flow.csv"]


@pytest.mark.parametrize(("out", "code", "said"), [("p.pdf", 2, "must end in .zip"), ("no/p.zip", 1, "does not exist")])
def test_the_command_refuses_an_impossible_place_before_the_work(tmp_path, out, code, said):
    given = ["--data", "nowhere", "--model", "nowhere", "--out", str(tmp_path / out)]
    result = CliRunner().invoke(command, given)
    assert result.exit_code == code
    assert said in result.output


def test_the_command_refuses_filters_that_the_data_do_not_have(tmp_path, demo_models, trial):
    bestviz.write_trial(trial, tmp_path / "data")
    given = ["--data", str(tmp_path / "data"), "--model", str(demo_models / "demo"), "--out", str(tmp_path / "p.zip")]
    result = CliRunner().invoke(command, [*given, "--sex", "robot"])
    assert result.exit_code == 1
    assert "--sex robot: not in these data; choose from: female, male" in result.output
    assert not (tmp_path / "p.zip").exists()
