"""What others would do with the same tables: Q-learning, policy trees and forests, and one plan for everybody.

Every peer is fitted by `peer(tables, seed)` and gives a rule (see `bestviz.data.simulator.rules`) that is asked with
features as in the tables. Missing features are replaced by medians; people without a second arm or an outcome leave the
regression that needs it.
"""

from collections.abc import Callable

from benchmarks.peers.one_for_all import best_fixed, best_single
from benchmarks.peers.policy import policy_forest, policy_tree
from benchmarks.peers.q_learning import forest, lasso, pooled_lasso
from bestviz.data.simulator.rules import Rule
from bestviz.study.tables import Tables

PEERS: dict[str, Callable[[Tables, int], Rule]] = {
    "lasso": lasso,
    "lasso_pooled": pooled_lasso,
    "random_forest": forest,
    "policy_tree": policy_tree,
    "policy_forest": policy_forest,
    "best_single": best_single,
    "best_fixed": best_fixed,
}

NEEDED = {"policy_tree": "econml", "policy_forest": "econml"}  # the package that a peer needs on top

__all__ = ["NEEDED", "PEERS", "Tables"]
