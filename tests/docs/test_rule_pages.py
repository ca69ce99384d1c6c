"""The page of rules says where each value comes from, and forgets no rule, no table and no test file."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from reports.docs.rule_parameters import FIXED, KEYS, parameters_of
from reports.docs.rule_tables import WRITERS, tables_of
from reports.docs.rule_tests import FILES, FOLDER, SEE, specification_of
from tests.rules.bench_cases import RULES
from trial_edc.bench.registry import BenchRule
from trial_edc.protocol.parameters import parameter

#: Rules that decide by arithmetic alone: no table could hold them.
ARITHMETIC = {"crm"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_value_is_the_protocol_s_where_the_page_says_so(rule: BenchRule) -> None:
    fields = rule.config_model.model_fields
    for name, key in KEYS.get(rule.name, {}).items():
        assert same(fields[name].get_default(call_default_factory=True), parameter(key).value, name), name


def same(value: Any, protocol: Any, name: str) -> bool:
    """Equal as numbers; a percentage of the bench is a share of the protocol, and no horizon is null."""
    if isinstance(protocol, tuple):
        return list(map(Decimal, value)) == [Decimal(each) for each in protocol]
    if name == "dose_tolerance_percent":
        return bool(value == protocol * 100)
    if isinstance(value, Fraction):
        return value == Fraction(protocol)
    return bool(value == protocol)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_shows_its_parameters_and_its_tables(rule: BenchRule) -> None:
    assert all(f"`{name}`" in parameters_of(rule) for name in rule.config_model.model_fields)
    assert tables_of(rule.name) or specification_of(rule.name) or rule.name in ARITHMETIC


def test_no_entry_is_left_behind() -> None:
    names = {rule.name for rule in RULES}
    assert {*KEYS, *FIXED, *WRITERS, *FILES, *SEE} <= names
    assert not [name for files in FILES.values() for name in files if not (FOLDER / f"{name}.py").exists()]
    assert not [name for name in FILES if not specification_of(name)]
