"""Why values of regimes that were judged before do not belong to what is shown now."""

from __future__ import annotations

from bestviz.wording.measures import horizon

OTHER_WEIGHTS = "The regimes were judged for other weights; judge them again for these."


def other_horizon(judged: int | str, asked: int | str) -> str:
    """Benefit counts at another time."""
    return f"The regimes were judged for benefit {horizon(judged)}; judge them again for benefit {horizon(asked)}."


def other_data(judged: str, asked: str) -> str:
    """They were judged in another trial."""
    return f"The regimes were judged in other data{_apart(judged, asked)}; judge them again in these."


def other_model(judged: str, asked: str) -> str:
    """They are those of another model."""
    return (
        f"The regimes that were judged are those of a model fitted to other data{_apart(judged, asked, 'this one')}; "
        "judge them again for this one."
    )


def _apart(judged: str, asked: str, those: str = "those shown") -> str:
    """Which data, by their names; two versions of a data set may have the same."""
    return f" of the same name ({asked}) than {those}" if judged == asked else f" ({judged}) than {those} ({asked})"
