"""The rules are on offer, as when the applications have started; no test here needs a database."""

from __future__ import annotations

import pytest

import dosing.bench
import efficacy.bench
import safety.bench


@pytest.fixture(autouse=True)
def registered() -> None:
    """Offer the rules, as the applications do when they start."""
    safety.bench.register()
    dosing.bench.register()
    efficacy.bench.register()
