"""The Regimes page with a small model judged at once, in place of in the background."""

import json
from dataclasses import replace

import pytest

import bestviz
from bestviz.advice.evaluation import trial_judge
from bestviz.advice.kept_value import judge_and_keep
from bestviz.advice.preferences import PRESETS
from bestviz.ui import background
from bestviz.ui.regimes import asking
from bestviz.ui.regimes.controls import KEY_PRESET
from bestviz.ui.regimes.details import KEY_PART, PARTS
from bestviz.ui.regimes.groups import KEY_BY
from bestviz.ui.regimes.tradeoff import KEY_PAIR
from bestviz.ui.regimes.values import KEY_COMPARED, KEY_OUTCOME
from bestviz.wording import SIMULATED
from bestviz.wording import regimes as words

INPUTS = ("age", "sex", "peg", "pain_interference", "tobacco", "contraindicated_dul")


@pytest.fixture(scope="module")
def trial(data_folder):
    return bestviz.load_trial(data_folder)


@pytest.fixture(scope="module")
def model(demo_models):
    return bestviz.load_model(demo_models / "demo")


@pytest.fixture(scope="module")
def judge(model, trial):
    quick = replace(model, info=replace(model.info, learner="additive", data_digest=trial.digest), inputs=INPUTS)
    return trial_judge(quick, trial, folds=3, repeats=1)


@pytest.fixture
def fitted(monkeypatch, model, trial):
    """The model fitted on this trial is the one in use."""
    own = replace(model, info=replace(model.info, data_digest=trial.digest))
    monkeypatch.setattr("bestviz.ui.models.current", lambda: own)
    monkeypatch.setattr("bestviz.ui.models.facts", own.manifest)
    monkeypatch.setattr(background, "_JOBS", type(background._JOBS)())
    return own


@pytest.fixture
def at_once(monkeypatch, judge, fitted):
    """Long work is done when it is asked for; what was asked is remembered."""
    asked = []

    def start(key, function, *given, **named):
        asked.append(function)
        job = background._JOBS[key] = background.Job(key, "done")
        job.result = judge if function is judge_and_keep else function(*given, progress=lambda *said: None, **named)
        return job

    monkeypatch.setattr(background, "start", start)
    return asked


@pytest.fixture
def begun(monkeypatch, fitted):
    """Long work begins and stays where `state` says."""

    def leave(state, **how):
        def start(key, function, *given, **named):
            job = background._JOBS[key] = background.Job(key, state, **how)
            return job

        monkeypatch.setattr(background, "start", start)

    return leave


def texts(app):
    kinds = (app.markdown, app.header, app.subheader, app.caption, app.info, app.error)
    return " ".join([str(part.value) for kind in kinds for part in kind] + [p.proto.body for p in app.get("html")])


def chart(app, number=0):
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def opened(app, part):
    app.session_state[KEY_PART] = part
    return app.run()


@pytest.fixture
def page(at_once, open_page):
    return open_page("pages/regimes.py")


def test_at_first_what_is_cheap_is_shown_and_the_rest_is_coming(begun, open_page):
    begun("running", done=3, total=10, what="Judging")
    page = open_page("pages/regimes.py")
    assert not page.exception
    assert "Cancel" in [button.label for button in page.button]
    assert len(page.get("plotly_chart")) == 1  # first treatments under the model as it is
    assert words.WAIT in texts(page)


@pytest.mark.parametrize(("state", "how", "said"), [
    ("failed", {"fault": "Nothing can be learned."}, "Nothing can be learned."),
    ("cancelled", {}, "was cancelled"),
])  # fmt: skip
def test_what_ended_without_a_result_is_said_and_can_start_again(begun, open_page, state, how, said):
    begun(state, **how)
    page = open_page("pages/regimes.py")
    assert said in texts(page)
    assert "Judge the regimes" in [button.label for button in page.button]


def test_values_of_all_regimes_with_the_tree(page):
    assert not page.exception
    names = [trace["name"] for trace in chart(page)["data"]]
    assert names == [
        "as_randomised", "single:ESC", "single:ACT", "single:EBEM", "single:DUL", "best_single", "best_fixed",
        "personalise_first_only", "learned", "tree",
    ]  # fmt: skip
    text = texts(page)
    assert "meaningful changes (95 % interval" in text
    assert "fitted on these data" in text
    assert words.DISCOVERY in text
    assert "Regimes aim at, of 100: PEG 100; benefit by week 24." in text
    assert SIMULATED in page.get("plotly_chart")[0].proto.alt


def test_a_preset_changes_what_regimes_aim_at_and_fits_nothing_again(page, at_once):
    page.button_group(key=KEY_PRESET).set_value("typical_patient").run()
    assert "Regimes aim at, of 100: physical function 37" in texts(page)
    assert PRESETS["typical_patient"].explanation in texts(page)
    assert at_once.count(judge_and_keep) == 1


def test_differences_in_the_unit_of_an_outcome(page):
    page.selectbox(key=KEY_OUTCOME).set_value(words.outcome("peg", 24)).run()
    page.button_group(key=KEY_COMPARED).set_value("best_fixed").run()
    figure = chart(page)
    assert "best_fixed" not in [trace["name"] for trace in figure["data"]]
    assert "lower is better" in figure["layout"]["xaxis"]["title"]["text"]
    assert "Difference from best fixed plan" in page.get("plotly_chart")[0].proto.alt


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_opened(page, part):
    opened(page, part)
    assert not page.exception
    assert not page.error


def test_who_gets_what_as_randomised_against_under_the_regime(page):
    assert [c["data"][0]["type"] for c in (chart(page, 2), chart(page, 3))] == ["sankey", "sankey"]
    text = texts(page)
    assert "cannot be told apart" in text
    assert words.NOT_BY_TREATMENT in text
    assert "Under the regime, of 100" in text


def test_the_tree_is_a_list_with_its_cost(page):
    opened(page, "Readable tree")
    text = texts(page)
    assert words.TREE_CERTAIN in text
    assert "Readable tree against the learned regime:" in text
    assert 'class="bv-tree" role="group" aria-label="Which treatment first"' in text
    assert "samples drawn anew" in text


def test_a_trade_off_needs_two_outcomes(page):
    opened(page, "Trade-off")
    assert "Trade-off of" in page.get("plotly_chart")[1].proto.alt
    page.selectbox(key=KEY_PAIR[1]).set_value(page.selectbox(key=KEY_PAIR[0]).value).run()
    assert "Choose two different outcomes." in texts(page)


def test_groups(page):
    opened(page, "Groups")
    text = texts(page)
    assert "No contraindication" in text
    assert "Female" in text
    page.button_group(key=KEY_BY).set_value("age").run()
    assert "65 and over" in texts(page)


def test_definitions(page):
    opened(page, "Definitions")
    for word in ("Start one treatment:", "Best fixed plan:", "Share of the possible gain:"):
        assert word in texts(page)


def test_data_without_columns_say_so(at_once, monkeypatch, trial, open_page):
    columns = [c for c in trial.participants if c.startswith("contraindicated_")]
    bare = replace(trial, participants=trial.participants.drop(columns=[*columns, "race"]))
    monkeypatch.setattr("bestviz.ui.trials.current", lambda: bare)
    page = opened(open_page("pages/regimes.py"), "Groups")
    assert not page.exception
    text = texts(page)
    assert words.NO_CONTRAINDICATIONS in text
    assert "no column of race" in text
    assert "So the model is judged as it is" in text  # other data than the model's


def test_no_data_offers_a_trial(fitted, monkeypatch, tmp_path, open_page):
    monkeypatch.setenv("BESTVIZ_DATA", str(tmp_path / "none"))
    page = open_page("pages/regimes.py")
    assert [button.label for button in page.button] == ["Simulate the demonstration trial"]


def test_the_tree_for_other_weights_is_given_up(monkeypatch, judge, fitted, open_page):
    cancelled = []
    monkeypatch.setattr(background, "cancel", cancelled.append)

    def start(key, function, *given, **named):
        job = background._JOBS[key] = background.Job(key, "done" if function is judge_and_keep else "running")
        job.result = judge if function is judge_and_keep else None
        return job

    monkeypatch.setattr(background, "start", start)
    page = open_page("pages/regimes.py")
    assert words.TREE_WAITS in texts(page)
    page.button_group(key=KEY_PRESET).set_value("equal").run()
    assert [key[0] for key in cancelled] == ["regimes.tree"]


def test_an_outcome_that_the_data_lack_is_told(at_once, monkeypatch, judge, open_page):
    class Lacking:
        def __getattr__(self, name):
            return getattr(judge, name)

        def scored(self, *given, **named):
            raise asking.InputError("Anxiety: the data have too few values of it to judge by; give it no weight.")

    monkeypatch.setattr("bestviz.ui.regimes.values.draw_judge", lambda asked: Lacking())
    page = open_page("pages/regimes.py")
    assert not page.exception
    assert "give it no weight" in texts(page)


def test_on_a_server_that_asks_nothing_long_begins_by_itself(begun, open_page, monkeypatch):
    monkeypatch.setenv("BESTVIZ_LONG_WORK", "ask")
    begun("running", done=3, total=10, what="Judging")
    page = open_page("pages/regimes.py")
    assert not page.exception
    assert "Judge the regimes" in [button.label for button in page.button]
    assert "Cancel" not in [button.label for button in page.button]
    page.button(key="regimes.judge.start").click().run()
    assert "Cancel" in [button.label for button in page.button]
