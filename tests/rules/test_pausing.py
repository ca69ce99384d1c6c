"""What pauses the trial, a level or the expansion."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dosing.rules.pausing import PausingConfig, PausingFacts, pauses


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (PausingFacts(), []),
        (PausingFacts(related_deaths=(("01-001", "d"),)), [("trial", "related-death:d")]),
        (PausingFacts(crs_grade_4=(("01-001", "e", Decimal(72)),)), []),
        (PausingFacts(crs_grade_4=(("01-001", "e", Decimal("72.01")),)), [("trial", "crs-refractory:e")]),
        (PausingFacts(cerebral_oedema=(("01-001", "o"),)), [("trial", "cerebral-oedema:o")]),
        (PausingFacts(too_toxic_levels=(2, 3)), [("level-2", "level-too-toxic:2"), ("level-3", "level-too-toxic:3")]),
        (PausingFacts(expansion=(3, 2, 3)), []),
        (PausingFacts(expansion=(3, 3, 3)), [("expansion", "expansion-boundary:3/3")]),
        (PausingFacts(expansion=(2, 2, None)), []),
    ],
)
def test_each_rule_with_its_scope_and_its_evidence(facts: PausingFacts, found: list[tuple[str, str]]) -> None:
    assert [(pause.scope, pause.key) for pause in pauses(facts)] == found


def test_the_limit_is_a_parameter() -> None:
    facts = PausingFacts(crs_grade_4=(("01-001", "e", Decimal(49)),))
    assert len(pauses(facts, PausingConfig(refractory_hours=48))) == 1
