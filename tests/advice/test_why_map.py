"""The preference map says at every point what the advice says there."""

import json

import numpy as np
import pytest

import bestviz
from bestviz.advice.why.preference_map import _area, steps_of, triangle
from bestviz.advice.why.utilities import UtilityMap, utilities_of
from bestviz.errors import PatientError, PreferenceError

THREE = ("peg", "physical_function", "adverse_event")


def patient_of(file):
    return bestviz.Patient.from_dict(file)


def test_the_same_as_the_advice_at_random_points(rich, anybody, wishes):
    seen = 0
    for seed in range(25):
        patient, rng = anybody(seed), np.random.default_rng(seed)
        advice = rich.recommend(patient)
        if advice.by_response:
            continue
        *three, other = rng.permutation(rich.outcome_codes)[:4].tolist()
        others = {other: float(rng.choice([0, 0.25]))}
        found = rich.preference_map(patient, three, wishes(seed, rich.outcome_codes), points=300, others=others)
        if advice.recommended is None:
            assert found is None
            continue
        for point in rng.integers(0, len(found.weights), 2):
            shares = found.weights[point] * (1 - others[other])
            there = rich.recommend(patient, dict(zip(three, shares, strict=True)) | others)
            utilities = [option.utility for option in there.options if option.allowed]
            assert found.arms[found.winners[point]] == there.recommended, (seed, point)
            if len(utilities) > 1:
                assert found.margins[point] == pytest.approx(utilities[0] - utilities[1], abs=1e-8)
            seen += 1
        assert set(found.arms) == {option.arm for option in there.options if option.allowed}
    assert seen >= 15


def test_utilities_are_those_shown(rich, anybody, wishes):
    for seed in range(20):
        patient, wanted = anybody(seed), wishes(seed, rich.outcome_codes)
        advice = rich.recommend(patient, wanted)
        if advice.by_response:
            continue
        utilities = utilities_of(rich, patient_of(patient))
        assert utilities.codes == rich.outcome_codes
        found = utilities(utilities.row_of(advice.preferences)[None])
        shown = {option.arm: -np.inf if option.utility is None else option.utility for option in advice.options}
        assert found.shape == (1, len(utilities.arms))
        for arm, utility in zip(utilities.arms, found[0], strict=True):
            assert utility == pytest.approx(shown[arm], abs=1e-8)


def test_thinly_supported_arms_are_no_options(model, typical):
    patient = {"week": 12, "first_arm": "ACT", "baseline": typical, "response": "medium"}
    allowed = {option.arm for option in model.recommend(patient).options if option.allowed}
    utilities = utilities_of(model, patient_of(patient))
    found = utilities(np.eye(len(utilities.codes)))
    assert np.array_equal(np.isfinite(found), np.tile([arm in allowed for arm in utilities.arms], (len(found), 1)))


def test_no_weight_is_no_utility(rich, typical):
    utilities = utilities_of(rich, patient_of({"baseline": typical}))
    np.testing.assert_allclose(utilities(np.zeros((2, len(utilities.codes)))), 0, atol=1e-12)
    assert utilities(np.zeros((0, len(utilities.codes)))).shape == (0, len(utilities.arms))


def test_utilities_scale_with_the_weights(rich, typical):
    utilities = utilities_of(rich, patient_of({"baseline": typical}))
    weights = np.random.default_rng(1).dirichlet(np.ones(len(utilities.codes)), 5)
    np.testing.assert_allclose(utilities(3 * weights), 3 * utilities(weights), atol=1e-9)


@pytest.mark.parametrize(("points", "steps"), [(3, 1), (5, 1), (6, 2), (4949, 97), (5000, 98), (5050, 99)])
def test_steps(points, steps):
    assert steps_of(points) == steps
    assert len(triangle(steps)) == (steps + 1) * (steps + 2) // 2 <= points


def test_triangle_by_hand():
    half = 0.5
    expected = [[0, 0, 1], [0, half, half], [0, 1, 0], [half, 0, half], [half, half, 0], [1, 0, 0]]
    np.testing.assert_array_equal(triangle(2), expected)
    np.testing.assert_allclose(triangle(98).sum(axis=1), 1)
    assert triangle(98).min() == 0


@pytest.mark.parametrize("steps", [1, 2, 7, 98])
def test_points_stand_for_the_area_around_them(steps):
    """Of steps x steps small triangles, each point has half of the six around it: fewer on a side and in a corner."""
    assert _area(triangle(steps), steps).sum() == pytest.approx(steps**2 / 2)


def plain(monkeypatch, utilities):
    """Utilities as a function of the shares of the three outcomes."""
    places = []

    def call(self, weights):
        places[:] = [self.codes.index(code) for code in THREE]
        return np.where(self.decision.allowed, utilities(weights[:, places]), -np.inf)

    monkeypatch.setattr(UtilityMap, "__call__", call)


def test_shares_and_margins_by_hand(rich, typical, monkeypatch):
    """Each of three arms is best for one outcome: a third of the triangle each, met in the middle."""
    plain(monkeypatch, lambda shares: np.column_stack([shares, np.full(len(shares), -1.0)]))
    found = rich.preference_map({"baseline": typical}, THREE, points=5000)
    assert len(found.weights) == 4950
    np.testing.assert_allclose(found.shares, [1 / 3, 1 / 3, 1 / 3, 0], atol=0.01)
    assert found.shares.sum() == pytest.approx(1)
    ordered = np.sort(found.weights, axis=1)
    np.testing.assert_allclose(found.margins, ordered[:, 2] - ordered[:, 1])
    assert (found.weights[np.arange(4950), found.winners] == found.weights.max(axis=1)).all()


def test_a_share_is_one_of_area(rich, typical, monkeypatch):
    """Ahead where the first outcome has at least half of the weight: a quarter of the triangle, at any fineness."""
    plain(monkeypatch, lambda shares: np.column_stack([shares[:, 0] - 0.5 + 1e-9, *np.zeros((3, len(shares)))]))
    for points in (50, 500, 5000):
        found = rich.preference_map({"baseline": typical}, THREE, points=points)
        assert found.shares[0] == pytest.approx(0.25, abs=1.5 / np.sqrt(2 * points))


def test_others_keep_their_weight(rich, typical):
    alone = rich.preference_map({"baseline": typical}, THREE, points=60)
    nothing = rich.preference_map({"baseline": typical}, THREE, points=60, others={"anxiety": 0})
    much = rich.preference_map({"baseline": typical}, THREE, points=60, others={"anxiety": 0.99})
    np.testing.assert_array_equal(alone.winners, nothing.winners)
    best = rich.recommend({"baseline": typical}, {"anxiety": 1}).recommended
    assert much.shares[much.arms.index(best)] > 0.9


def test_where_the_preferences_lie(rich, typical):
    def position(wanted):
        return rich.preference_map({"baseline": typical}, THREE, wanted, points=10).current

    assert position(None) == (1, 0, 0)
    assert position({"peg": 1, "adverse_event": 3, "anxiety": 4}) == (0.25, 0, 0.75)
    assert position({"anxiety": 1}) is None


def test_one_option_and_none(rich, typical):
    one = rich.preference_map({"baseline": typical, "declined": ["ESC", "ACT", "EBEM"]}, THREE, points=20)
    assert one.arms == ("DUL",)
    assert one.margins is None
    assert one.shares.tolist() == [1.0]
    nothing = {"baseline": typical, "declined": ["ESC", "ACT", "EBEM", "DUL"]}
    assert rich.preference_map(nothing, THREE) is None
    assert (utilities_of(rich, patient_of(nothing))(np.eye(len(rich.outcome_codes))) == -np.inf).all()


@pytest.mark.parametrize(
    ("outcomes", "options", "message"),
    [
        (("peg", "anxiety"), {}, "it shows three different outcomes, not 2; choose three."),
        (("peg", "peg", "anxiety"), {}, "it shows three different outcomes, not 2; choose three."),
        (("peg", "pgic", "anxiety"), {}, "'pgic' is no outcome of this model; use peg, "),
        (THREE, {"others": {"pgic": 0.1}}, "'pgic' under others is no outcome of this model; use peg, "),
        (THREE, {"others": {"peg": 0.1}}, "peg is one of the three; leave it out of the others."),
        (THREE, {"others": {"anxiety": -0.1}}, "the weight of anxiety under others must be 0 or more and under 1."),
        (THREE, {"others": {"anxiety": np.nan}}, "the weight of anxiety under others must be 0 or more and under 1."),
        (THREE, {"others": {"anxiety": 0.5, "depression": 0.5}}, "the others have all the weight; leave some"),
        (THREE, {"points": 2}, "2 points are too few; it needs at least 3, its corners."),
    ],
)
def test_what_makes_no_map(rich, typical, outcomes, options, message):
    with pytest.raises(PreferenceError) as caught:
        rich.preference_map({"baseline": typical}, outcomes, **options)
    (fault,) = caught.value.messages
    assert fault.startswith(f"Preference map: {message}")


def test_class_not_known(rich, typical):
    with pytest.raises(PatientError, match=r"^response: the class at week 12 is not known"):
        rich.preference_map({"baseline": typical, "week": 12, "first_arm": "ACT", "interim": {"peg": 4}}, THREE)


def test_an_outcome_that_the_data_lack(odd):
    with pytest.raises(PreferenceError, match="'anxiety' is no outcome of this model; use peg"):
        odd.preference_map({}, ("peg", "anxiety", "stopping"))


def test_json(rich, typical):
    found = rich.preference_map({"baseline": typical}, THREE, points=10, others={"anxiety": 0.2}).to_dict()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found) == ["outcomes", "others", "arms", "weights", "winners", "margins", "shares", "current"]
    assert len(found["weights"]) == len(found["winners"]) == len(found["margins"]) == 10
    assert set(found["winners"]) <= set(found["arms"])
