"""The response rules as the bench offers them: strict JSON in, the application's own pure functions, JSON out."""

from __future__ import annotations

from efficacy import bench_baseline, bench_best, bench_irecist, bench_recist
from trial_edc.bench import registry

RULES = (*bench_recist.RULES, *bench_baseline.RULES, *bench_best.RULES, *bench_irecist.RULES)


def register() -> None:
    """Offer the response rules on the bench."""
    for rule in RULES:
        registry.register(rule)
