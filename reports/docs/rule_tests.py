"""The specification tests of a rule as the tables they are written as, read from the test files themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from reports.docs.markdown import cell, code

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "rules"
#: Rule of the bench -> the test files whose tables specify it, and the tables where a file serves several rules.
FILES: Mapping[str, tuple[str, ...]] = {
    "crs-grade": ("test_crs",),
    "icans-grade": ("test_icans",),
    "dlt": ("test_dlt", "test_dlt_facts"),
    "ctcae-lab-grade": ("test_laboratory", "test_laboratory_values"),
    "evaluability": ("test_subject_rules",),
    "dose-escalation": ("test_decision_table",),
    "dose-escalation-trial": ("test_trial_rules",),
    "operating-characteristics": ("test_operating_characteristics", "test_rule_variants"),
    "boin-boundaries": ("test_interval_designs",),
    "recist-timepoint": ("test_recist_timepoint",),
    "recist-sequence": ("test_recist_sequence",),
    "lesion-baseline": ("test_lesions_at_baseline",),
    "best-overall-response": ("test_best_overall_response",),
    "irecist-sequence": ("test_irecist_sequence",),
    "irecist-best-response": ("test_irecist_best_response",),
    "time-to-event": ("test_time_to_event", "test_missed_scans"),
    "ipfs": ("test_ipfs",),
    "response-rate": ("test_response_rate",),
    "kaplan-meier": ("test_kaplan_meier",),
    "cellular-kinetics": ("test_cellular_kinetics",),
    "cytokine-peak": ("test_cytokine_peak",),
}
#: Rules that share the tables of another rule's file.
SEE = {
    "ice-score": "icans-grade", "next-infusion": "evaluability", "boin-mtd": "boin-boundaries",
    "mtpi2": "boin-boundaries", "recist-overall": "recist-timepoint", "target-selection": "lesion-baseline",
}  # fmt: skip


def specification_of(rule_name: str) -> str:
    """Return every table of a rule's specification tests, or where they stand."""
    if rule_name in SEE:
        return f"**Specification tests**: with {code(SEE[rule_name])}."
    parts = [
        f"Specification test {code(f'{name}: {title}')}\n\n{table}"
        for name in FILES.get(rule_name, ())
        for title, table in tables_in((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    ]
    return "\n\n".join(parts)


def tables_in(source: str) -> Iterator[tuple[str, str]]:
    """Yield (name, Markdown table) for every `rows(...)` of a test module, under its own name or that of its test.

    >>> list(tables_in('LIMITS = rows(\"\"\"\\nvalue | grade\\n38.0 | 1\\n\"\"\")'))
    [('LIMITS', '| value | grade |\\n| --- | --- |\\n| 38.0 | 1 |')]
    """
    for statement in ast.parse(source).body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "rows":
                text = node.args[0]
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield _name(statement), _table(text.value)


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    return str(getattr(statement, "name", ""))


def _table(text: str) -> str:
    lines = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines() if line.strip()]
    header, *body = lines
    return "\n".join("| " + " | ".join(map(cell, line)) + " |" for line in (header, ["---"] * len(header), *body))
