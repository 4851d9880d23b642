"""What is kept of the questions on regimes: one answer for all sessions, another one for other weights or data."""

from types import SimpleNamespace

import pytest

from bestviz.advice.preferences import Preferences
from bestviz.ui.regimes import asking


def question(model="m", data="d", horizon=24, **weights):
    return asking.Question(
        SimpleNamespace(digest=model), SimpleNamespace(digest=data), Preferences(weights or {"peg": 1.0}), horizon
    )


@pytest.fixture
def asked(monkeypatch):
    """What was worked out, in order; nothing is kept from before."""
    found = []
    monkeypatch.setattr(asking, "recommended", lambda *given: found.append(given) or len(found))
    asking._kept.clear()
    yield found
    asking._kept.clear()


def test_the_same_question_of_another_session_is_not_worked_out_again(asked):
    first = asking.recommended_of(question())
    assert asking.recommended_of(question()) == first
    assert len(asked) == 1


@pytest.mark.parametrize("other", [{"model": "n"}, {"data": "e"}, {"horizon": 36}, {"anxiety": 1.0}])
def test_another_question_has_an_answer_of_its_own(asked, other):
    assert asking.recommended_of(question()) != asking.recommended_of(question(**other))
    assert len(asked) == 2


def test_a_question_that_cannot_be_answered_is_asked_again(monkeypatch):
    asking._kept.clear()
    tries = []

    def refuse(*given):
        tries.append(given)
        raise asking.InputError("No.")

    monkeypatch.setattr(asking, "recommended", refuse)
    for _ in range(2):
        with pytest.raises(asking.InputError):
            asking.recommended_of(question())
    assert len(tries) == 2
