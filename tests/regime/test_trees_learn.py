"""Trees from scores: what they say, decide and report, and how stable they are."""

import json
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

from bestviz.errors import RegimeError
from bestviz.regime.trees import Fallback, Leaf, Least, PolicyTree, Split, TreeSearch, rank_options
from bestviz.regime.trees.cuts import Below, Is, Yes

OPTIONS = ["A", "B", "C"]


def make_sample(seed, n=120):
    """Features of every kind with gaps, scores with a rule in them, and allowed sets."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"p{i}" for i in rng.permutation(n)], name="id")
    x, z = rng.normal(50, 10, n), rng.integers(0, 2, n).astype(float)
    kind = rng.choice(np.array(["u", "v", "w"], dtype=object), n)
    stage = pd.Categorical(rng.choice(["low", "mid", "high"], n), ["low", "mid", "high"], ordered=True)
    features = pd.DataFrame({"x": x, "z": z, "kind": kind, "stage": stage}, index=index)
    for column in features:
        features.loc[rng.random(n) < 0.1, column] = None
    scores = pd.DataFrame(rng.normal(size=(n, 3)), index=index, columns=OPTIONS)
    scores["A"] += x < 45
    scores["B"] += 2 * (kind == "u")
    allowed = pd.DataFrame(rng.random((n, 3)) < 0.7, index=index, columns=OPTIONS)
    allowed["C"] |= ~allowed[["A", "B"]].any(axis=1)
    return features, scores.where(allowed), allowed


def picked(table, options):
    """Of each person, the entry of the person's own option."""
    return table.loc[options.index].to_numpy()[np.arange(len(options)), table.columns.get_indexer(options)]


def planted(n=100, **settings):
    """Half are better off with A (x below 50), half with B; everything else is noise-free."""
    x = np.arange(n, dtype=float)
    features = pd.DataFrame({"x": x})
    scores = pd.DataFrame({"A": np.where(x < 50, 2.0, 0.0), "B": np.where(x < 50, 0.0, 1.0)})
    return TreeSearch.prepare(features, scores, thresholds={"x": [20, 50, 80]}, **settings), features


def test_a_planted_rule_is_found_and_told():
    search, features = planted()
    tree = search.tree(2)
    assert (tree.depth, tree.features, tree.value, tree.people) == (1, ("x",), 1.5, 100.0)
    assert tree.leaves == (Leaf("A", 50.0, 1.0, 2.0), Leaf("B", 50.0, 1.0, 1.0))
    assert tree.decide(features).tolist() == ["A"] * 50 + ["B"] * 50
    assert tree.describe({"x": "PROMIS physical function"}, options={"A": "ACT", "B": "EBEM"}) == [
        "If PROMIS physical function is below 50: ACT; otherwise: EBEM",
        "If PROMIS physical function is not known, it counts as 50 or above",
        "Where this is not possible: the first possible of ACT, EBEM",
    ]
    everybody = search.tree(0)
    assert (everybody.depth, everybody.features, everybody.cuts, everybody.value) == (0, (), (), 1.0)
    assert everybody.describe() == ["Everybody: A", "Where this is not possible: the first possible of A, B"]


def small_tree(root):
    return PolicyTree(root, Fallback(("A", "B", "add C", "switch to C"), ("B", "add C", "A", "switch to C"),
                                     {"add C": "switch to C", "switch to C": "add C"}), 1.25, 40.0)  # fmt: skip


def leaf(option):
    return Leaf(option, 10.0, 0.5, 1.0)


AGE, OPIOIDS, WORK = Below("age", True, 50.5), Yes("opioids", False), Is("work", False, "retired")


def test_two_questions_in_words():
    both = small_tree(Split(AGE, Split(OPIOIDS, leaf("A"), leaf("B")), Split(WORK, leaf("switch to C"), leaf("B"))))
    texts = {"labels": {"opioids": "daily opioid use"}, "levels": {"work": {"retired": "in retirement"}}}
    assert both.describe(**texts) == [
        "If age is below 50.5:",
        "  If daily opioid use is yes: A; otherwise: B",
        "Otherwise:",
        "  If work is in retirement: switch to C; otherwise: B",
        "If age is not known, it counts as below 50.5",
        "If daily opioid use is not known, it counts as no",
        "If work is not known, it counts as not in retirement",
        "Where switch to C is not possible: add C",
        "Where this is not possible: the first possible of B, add C, A, switch to C",
    ]
    first = small_tree(Split(AGE, Split(OPIOIDS, leaf("A"), leaf("B")), leaf("add C")))
    assert first.describe()[:3] == [
        "If age is below 50.5:",
        "  If opioids is yes: A; otherwise: B",
        "Otherwise: add C",
    ]
    later = small_tree(Split(AGE, leaf("B"), Split(OPIOIDS, leaf("A"), leaf("B"))))
    assert later.describe()[:2] == ["If age is below 50.5: B", "Otherwise, if opioids is yes: A; otherwise: B"]
    assert (both.depth, later.depth) == (2, 2)
    assert [node.option for node in both.leaves] == ["A", "B", "switch to C", "B"]
    assert both.features == ("age", "opioids", "work")


def test_the_same_question_on_both_sides_is_explained_once():
    tree = small_tree(Split(AGE, Split(OPIOIDS, leaf("A"), leaf("B")), Split(OPIOIDS, leaf("B"), leaf("A"))))
    assert sum("opioids is not known" in line for line in tree.describe()) == 1
    assert tree.features == ("age", "opioids")


def test_json_is_nested_and_plain():
    tree = small_tree(Split(AGE, leaf("B"), Split(OPIOIDS, leaf("A"), leaf("B"))))
    found = json.loads(json.dumps(tree.to_dict()))
    assert found["rule"]["cut"] == {"feature": "age", "kind": "below", "threshold": 50.5, "missing": "if"}
    assert found["rule"]["if"] == {"option": "B", "people": 10.0, "allowed": 0.5, "value": 1.0}
    assert found["rule"]["otherwise"]["if"]["option"] == "A"
    assert (found["depth"], found["features"], found["value"], found["people"]) == (2, ["age", "opioids"], 1.25, 40.0)
    assert found["fallback"]["ranking"] == ["B", "add C", "A", "switch to C"]
    assert found["fallback"]["alternatives"]["add C"] == "switch to C"


@pytest.mark.parametrize("seed", range(20))
def test_nobody_ever_gets_what_is_not_allowed(seed):
    features, scores, allowed = make_sample(seed)
    search = TreeSearch.prepare(features, scores, allowed, least=Least(0, 5), alternatives={"A": "B"})
    new, _, may = make_sample(seed + 100, 60)
    new["kind"] = new["kind"].replace("w", "never seen")
    for depth in (0, 1, 2):
        tree = search.tree(depth)
        assert tree.depth <= depth
        for rows, sets in ((features, allowed), (new.astype({"stage": object}), may)):
            got, named = tree.decide(rows, sets), tree.named(rows)
            assert picked(sets, got).all()
            assert (got == named)[picked(sets, named)].all()


@pytest.mark.parametrize("seed", range(8))
def test_the_value_is_the_mean_score_of_what_the_tree_decides(seed):
    features, scores, allowed = make_sample(seed)
    weights = np.random.default_rng(seed).integers(0, 3, len(features)).astype(float)
    search = TreeSearch.prepare(features, scores, allowed)
    for w in (None, weights):
        tree = search.tree(2, w)
        got = tree.decide(features, allowed)
        each = picked(scores, got)
        w = np.ones(len(each)) if w is None else w
        assert tree.value == pytest.approx(np.average(each, weights=w))
        assert tree.people == w.sum() == sum(node.people for node in tree.leaves)
        named = tree.named(features)
        for node, mask in zip(tree.leaves, leaf_masks(tree, features), strict=True):
            assert (named[mask] == node.option).all()
            assert node.people == w[mask].sum() >= Least().of(w.sum())
            assert node.value == pytest.approx(np.average(each[mask], weights=w[mask]))
            assert node.allowed == pytest.approx(np.average(allowed[node.option][mask], weights=w[mask]))


def is_true(cut, row):
    """A question answered for one person from what it says of itself."""
    said, value = cut.to_dict(), row[cut.feature]
    if pd.isna(value):
        return said["missing"] == "if"
    if said["kind"] == "below":
        return value < said["threshold"]
    if said["kind"] == "rank_below":
        return said["order"].index(value) < said["order"].index(said["level"])
    return value == (1 if said["kind"] == "yes" else said["level"])


@pytest.mark.parametrize("seed", range(6))
def test_no_tree_over_the_same_questions_is_better(seed):
    features, scores, allowed = make_sample(seed, n=40)
    weights = np.random.default_rng(seed).integers(0, 4, 40).astype(float)
    search = TreeSearch.prepare(features, scores, allowed, most_cuts=2, least=Least(0.05, 4), alternatives={"B": "C"})
    assert {cut.feature for cut in search.cuts} == {"x", "z", "kind", "stage"}
    order = {o: [o, *(["C"] if o == "B" else []), *search.fallback.ranking] for o in OPTIONS}
    gets = [{o: next(a for a in order[o] if allowed.loc[p, a]) for o in OPTIONS} for p in features.index]
    payoff = np.array([[scores.loc[p, got[o]] for o in OPTIONS] for p, got in zip(features.index, gets, strict=True)])
    true = [np.array([is_true(cut, row) for _, row in features.iterrows()]) for cut in search.cuts]
    best = [(weights @ payoff).max(), -np.inf, -np.inf]

    def paid(rows):
        return (weights[rows] @ payoff[rows]).max() if weights[rows].sum() >= 4 else -np.inf

    def split(rows):
        return max(paid(rows & t) + paid(rows & ~t) for t in true)

    for t in true:
        best[1] = max(best[1], paid(t) + paid(~t))
        best[2] = max(best[2], max(paid(t), split(t)) + max(paid(~t), split(~t)))
    for depth in (0, 1, 2):
        assert search.tree(depth, weights).value == pytest.approx(max(best[: depth + 1]) / weights.sum(), abs=1e-12)


def leaf_masks(tree, features):
    def below(node, here):
        if isinstance(node, Leaf):
            return [here]
        true = node.cut.holds(features[node.cut.feature])
        return below(node.true, here & true) + below(node.otherwise, here & ~true)

    return below(tree.root, np.ones(len(features), dtype=bool))


def test_rows_of_other_tables_are_matched_by_index():
    features, scores, allowed = make_sample(1)
    tree = TreeSearch.prepare(features, scores, allowed).tree()
    assert TreeSearch.prepare(features, scores[::-1], allowed.sample(frac=1, random_state=0)).tree() == tree
    got = tree.decide(features, allowed)
    assert tree.decide(features, allowed[::-1]).equals(got)
    assert got.index.equals(features.index)


def test_scores_of_what_is_not_allowed_do_not_count():
    features, scores, allowed = make_sample(2)
    loud = scores.where(allowed, 1e6)
    assert TreeSearch.prepare(features, loud, allowed).tree() == TreeSearch.prepare(features, scores, allowed).tree()


def test_the_same_input_gives_the_same_tree_also_after_storing():
    features, scores, allowed = make_sample(3)
    tree = TreeSearch.prepare(features, scores, allowed).tree()
    again = TreeSearch.prepare(features.copy(), scores.copy(), allowed.copy()).tree()
    assert tree == again
    assert pickle.loads(pickle.dumps(tree)) == tree


def test_where_it_makes_no_difference_a_leaf_names_what_most_of_its_people_may_have():
    # Who is below 50 may only have C, so that naming A or B there pays just the same.
    x = np.arange(100.0)
    scores = pd.DataFrame({"A": np.where(x < 70, 0, -1), "B": np.where(x < 70, -1, 0), "C": -2})
    allowed = pd.DataFrame({"A": x >= 50, "B": x >= 50, "C": True})
    search = TreeSearch.prepare(pd.DataFrame({"x": x}), scores, allowed, thresholds={"x": [50, 70]})
    tree = search.tree()
    assert tree.describe()[0] == "If x is below 70: A; otherwise: B"
    assert tree.leaves[0].allowed == pytest.approx(2 / 7)
    search = TreeSearch.prepare(pd.DataFrame({"x": x}), scores * 0, allowed)
    assert search.tree().describe()[0] == "Everybody: C"


def test_one_option_a_constant_feature_and_no_feature():
    one = pd.DataFrame({"A": [1.0, 2.0] * 10})
    tree = TreeSearch.prepare(pd.DataFrame({"x": np.arange(20.0)}), one, least=Least(0, 1)).tree()
    assert tree.describe() == ["Everybody: A"]
    assert tree.value == 1.5
    scores = pd.DataFrame({"A": [1.0, 0.0] * 10, "B": [0.0, 1.0] * 10})
    for features in (pd.DataFrame({"x": [3.0] * 20}), pd.DataFrame(index=scores.index)):
        assert TreeSearch.prepare(features, scores, least=Least(0, 1)).tree().depth == 0


# -- what stands for options that are not allowed ---------------------------------------------------------------------


def test_the_order_in_which_options_are_tried():
    fallback = Fallback(("A", "B", "C"), ("B", "A", "C"), {"A": "C"})
    assert [fallback.tried(option) for option in "ABC"] == [("A", "C", "B"), ("B", "A", "C"), ("C", "B", "A")]
    allowed = np.array([[1, 1, 1], [0, 1, 1], [0, 1, 0], [1, 0, 0]], dtype=bool)
    assert fallback.granted(allowed).tolist() == [[0, 1, 2], [2, 1, 2], [1, 1, 1], [0, 0, 0]]


def test_options_are_ranked_by_means_where_everybody_may_have_everything():
    scores = np.random.default_rng(0).normal(size=(50, 4))
    assert rank_options(scores, np.ones((50, 4), dtype=bool)).tolist() == np.argsort(-scores.mean(axis=0)).tolist()


def test_options_are_compared_within_people():
    # The second is for those who do well anyway, where the first does better still; nobody may choose the third.
    scores = np.array([[1.0, 0, 0], [1, 0, 0], [11, 10, 0], [0, 0, 99]])
    allowed = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=bool)
    assert rank_options(scores, allowed).tolist() == [0, 1, 2]
    assert rank_options(np.ones((3, 3)), np.ones((3, 3), dtype=bool)).tolist() == [0, 1, 2]


# -- stability --------------------------------------------------------------------------------------------------------


def counts(n, replicates, seed=0):
    return np.random.default_rng(seed).multinomial(n, np.ones(n) / n, replicates)


def test_a_clear_rule_is_stable():
    search, _ = planted()
    found = search.stability(counts(100, 30))
    assert found.to_dict() == {
        "replicates": 30, "same_root": 1.0, "same_features": 1.0, "same_option": 1.0, "roots": {"x": 1.0},
    }  # fmt: skip


def test_stability_is_what_the_trees_of_the_replicates_say():
    features, scores, allowed = make_sample(4)
    search, weights = TreeSearch.prepare(features, scores, allowed), counts(120, 25)
    tree, replicates = search.tree(), search.search_many(weights)
    found = search.stability(weights)
    first = [one.features[0] if one.features else "none" for one in replicates]
    own = tree.features[0]
    assert found.same_root == pytest.approx(np.mean([name == own for name in first]))
    assert found.roots == {name: pytest.approx(first.count(name) / 25) for name in set(first)}
    assert list(found.roots.values()) == sorted(found.roots.values(), reverse=True)
    assert found.same_features == pytest.approx(
        np.mean([set(one.features) == set(tree.features) for one in replicates])
    )
    got = tree.decide(features, allowed)
    assert found.same_option == pytest.approx(
        np.mean([(one.decide(features, allowed) == got).mean() for one in replicates])
    )
    assert 0 < found.same_root < 1
    assert found == search.stability(weights)
    json.dumps(found.to_dict())


def test_each_replicate_is_a_search_of_its_own():
    features, scores, allowed = make_sample(5)
    search, weights = TreeSearch.prepare(features, scores, allowed), counts(120, 5)
    for depth in (0, 1, 2):
        assert search.search_many(weights, depth) == [search.tree(depth, row) for row in weights]
    assert search.stability(weights, depth=0).roots == {"none": 1.0}


# -- refusals ---------------------------------------------------------------------------------------------------------

FEATURES, SCORES, ALLOWED = make_sample(6)
WHO = FEATURES.index[0]
REFUSED = {
    "features must be a DataFrame with one row a person, not a list.": {"features": [1]},
    "features has no rows; give at least one person.": {"features": FEATURES.iloc[:0]},
    "The index of features has duplicates; give every person one row.": {"features": FEATURES.set_axis([1] * 120)},
    "Two columns of features are called x": {"features": FEATURES.set_axis(["x", "x", "k", "s"], axis=1)},
    "Column x of features holds infinite values": {"features": FEATURES.assign(x=np.inf)},
    "scores must be a pandas table with one row a person, not a ndarray.": {"scores": SCORES.to_numpy()},
    "The index of scores does not match that of features": {"scores": SCORES.iloc[1:]},
    "scores has no columns; give one column an option.": {"scores": SCORES[[]], "allowed": None},
    "Column A of scores is not numeric; give numbers, higher meaning better.": {"scores": SCORES.assign(A="good")},
    "Column A of scores holds infinite values": {"scores": SCORES.assign(A=np.inf)},
    "Two columns of scores are called A": {"scores": SCORES.set_axis(["A", "A", "C"], axis=1)},
    "The index of allowed does not match that of features": {"allowed": ALLOWED.reset_index(drop=True)},
    "Column A of allowed must hold True or False": {"allowed": ALLOWED.assign(A="maybe")},
    f"allowed: nothing that the regime knows is allowed for 1 row(s), the first being {WHO!r}": {
        "allowed": ALLOWED.drop(WHO).reindex(ALLOWED.index)
    },
    f"The score of A is missing for row {WHO!r}, who may have it": {
        "scores": SCORES.assign(A=np.nan), "allowed": ALLOWED.assign(A=True)
    },
    "most_cuts must be a whole number, 1 or more, not 0.": {"most_cuts": 0},
    "most_cuts must be a whole number, 1 or more, not 2.5.": {"most_cuts": 2.5},
    "The ranking A, B must name each of A, B, C once.": {"ranking": ["A", "B"]},
    "alternatives: D is no option; known are A, B, C.": {"alternatives": {"A": "D"}},
    "thresholds: there is no feature y": {"thresholds": {"y": [1]}},
}  # fmt: skip


@pytest.mark.parametrize("message", REFUSED)
def test_refusals(message):
    tables = {"features": FEATURES, "scores": SCORES, "allowed": ALLOWED} | REFUSED[message]
    with pytest.raises(RegimeError) as error:
        TreeSearch.prepare(**tables)
    assert str(error.value).startswith(message)


def test_refused_questions():
    search, features = planted()
    tree = search.tree()
    with pytest.raises(RegimeError, match="The tree asks for x; give features such a column, even an empty one"):
        tree.decide(pd.DataFrame({"y": [1.0]}))
    with pytest.raises(RegimeError, match="Column x of features holds names, but the tree asks for a number"):
        tree.decide(pd.DataFrame({"x": ["old"]}))
    with pytest.raises(RegimeError, match="The index of allowed does not match that of features"):
        tree.decide(features, pd.DataFrame({"A": [True], "B": [True]}))
    with pytest.raises(RegimeError, match=r"nothing that the regime knows is allowed for 100 row\(s\)"):
        tree.decide(features, pd.DataFrame(False, index=features.index, columns=["A", "B"]))
    with pytest.raises(RegimeError, match="weights has no rows; give at least one replicate"):
        search.stability(np.ones((0, 100)))
    with pytest.raises(RegimeError, match="A tree of depth 3 cannot be searched"):
        search.tree(3)


def test_an_option_without_a_column_of_allowed_is_not_allowed():
    search, features = planted()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = search.tree().decide(features, pd.DataFrame({"B": True}, index=features.index))
    assert set(got) == {"B"}
    assert search.tree().decide(pd.DataFrame({"x": [None, 10, 60]})).tolist() == ["B", "A", "B"]
