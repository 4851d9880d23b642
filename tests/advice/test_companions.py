"""Inputs that go together are named together."""

import numpy as np
import pytest

from bestviz.advice.responders import companions


def test_pairs_are_mutual_close_and_sorted(model):
    found = companions(model)
    columns = [column.name for column in model.engine.filler.baseline.columns]
    assert list(found) == [name for name in columns if not name.startswith("contraindicated")]
    anxiety = {each.feature: each.correlation for each in found["anxiety"]}
    assert "depression" in anxiety
    other = {each.feature: each.correlation for each in found["depression"]}
    assert other["anxiety"] == pytest.approx(anxiety["depression"])
    encoder, encoded = model.engine.filler.baseline, model.engine.completed.baseline
    pair = [encoded[:, encoder.source == columns.index(name)][:, 0] for name in ("anxiety", "depression")]
    assert anxiety["depression"] == pytest.approx(abs(np.corrcoef(*pair)[0, 1]))
    for own in found.values():
        sizes = [each.correlation for each in own]
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) <= 3
        assert all(0.4 <= size <= 1 for size in sizes)
