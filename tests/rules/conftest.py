"""The rules are on offer, as when the applications have started; no test here needs a database."""

from __future__ import annotations

import pytest

import dosing.bench
import dosing.bench_designs
import efficacy.bench
import efficacy.bench_endpoints
import efficacy.bench_kinetics
import safety.bench
import safety.bench_laboratory


@pytest.fixture(autouse=True)
def registered() -> None:
    """Offer the rules, as the applications do when they start."""
    safety.bench.register()
    safety.bench_laboratory.register()
    dosing.bench.register()
    dosing.bench_designs.register()
    efficacy.bench_endpoints.register()
    efficacy.bench_kinetics.register()
    efficacy.bench.register()
