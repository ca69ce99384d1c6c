"""docs/generated/rules.md: what every rule computes, its parameters, its decision tables and its tests' tables."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from textwrap import dedent
from types import ModuleType

import dosing.rules
import efficacy.rules
import enrollment.rules
import safety.rules
from dosing.models.dose_decision import ACTION_WORDS
from dosing.rules.decision_table import RULE_SETS, Action, RuleSet
from dosing.rules.three_plus_three import RULE
from reports.docs.markdown import code, page, section, table
from reports.docs.rule_parameters import parameters_of
from reports.docs.rule_tables import tables_of
from reports.docs.rule_tests import specification_of
from trial_edc.bench import registry
from trial_edc.bench.registry import BenchRule

PACKAGES: tuple[ModuleType, ...] = (safety.rules, dosing.rules, efficacy.rules, enrollment.rules)
INTRODUCTION = """\
Rules are pure functions: values in, values out, exact decimal arithmetic, no clock and no database. A rule's text here
is its module's own documentation, and its examples run with the tests. The bench puts its rules to any case:

```console
$ python3 run.py exec python manage.py evaluate --list
$ python3 run.py exec python manage.py evaluate crs-grade < request.json
```"""
HEADING = re.compile(r"^(Purpose|Inputs|Source|Algorithm)(:?)")


def write() -> str:
    """Return the page."""
    rules = [_rule(module) for module in rule_modules() if hasattr(module, "RULE")]
    helpers = [_helper(module) for module in rule_modules() if not hasattr(module, "RULE")]
    return page("Rules", INTRODUCTION, _bench(), *rules, "## Parts the rules share", *helpers)


def rule_modules() -> Iterator[ModuleType]:
    """Yield every rule module of the clinical applications, by application and name."""
    for package in PACKAGES:
        for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def _bench() -> str:
    rows = [(code(rule.name), rule.version, rule.title, rule.source) for rule in registry.rules()]
    return section("In the rule bench", table(("Rule", "Version", "What it answers", "Source"), rows))


def _rule(module: ModuleType) -> str:
    heading = f"{code(module.RULE)} {module.VERSION}"
    offered = registry.find(module.RULE)
    decided = _decided(offered) if offered else ()
    return section(heading, f"Module {code(module.__name__)}.", prose(module), *decided)


def _decided(rule: BenchRule) -> Iterator[str]:
    """Yield what a rule of the bench decides by: parameters, tables from the code, tables of its tests."""
    yield parameters_of(rule)
    if rule.name == RULE:
        yield from (_decision_table(each) for each in RULE_SETS.values())
        yield _actions()
    tables = tables_of(rule.name)
    yield f"**Decision tables**\n\n{tables}" if tables else ""
    yield specification_of(rule.name)


def _helper(module: ModuleType) -> str:
    return section(code(module.__name__), prose(module), level=3)


def prose(module: ModuleType) -> str:
    """Return a module's documentation as Markdown: lists as lists, examples as code."""
    paragraphs = inspect.cleandoc(module.__doc__ or "").split("\n\n")
    return "\n\n".join(_paragraph(text) for text in paragraphs)


def _paragraph(text: str) -> str:
    if text.startswith(">>>"):
        return f"```python\n{text}\n```"
    if text.startswith("Algorithm\n"):
        return "**Algorithm**\n\n" + dedent(text.removeprefix("Algorithm\n"))
    return HEADING.sub(r"**\1**\2", text)


def _decision_table(rules: RuleSet) -> str:
    words = (
        f"Escalation with at most {rules.escalate_most_of_6} of 6 subjects with a DLT, MTD with at most "
        f"{rules.mtd_most_of_6} of 6."
    )
    rows = [
        (row.n_text, row.x_text, code(row.next_untested.value), code(row.next_closed.value), code(row.key))
        for row in rules.table
    ]
    headers = ("Evaluable", "With DLT", "Next level untested", "Next level too toxic, or none", "Row")
    return section(f"Decision table, rule set {code(rules.name)}", words, table(headers, rows), level=3)


def _actions() -> str:
    rows = [(code(action.value), str(ACTION_WORDS[action])) for action in Action]
    return section("Actions", table(("Action", "On the dose board"), rows), level=3)
