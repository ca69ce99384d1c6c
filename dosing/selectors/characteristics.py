"""Exact operating characteristics of the trial as it stands: plain values that can be kept with the minutes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from dosing.rules import operating_characteristics
from dosing.rules.dose_paths import untreated
from dosing.rules.operating_characteristics import OperatingCharacteristics, from_state
from dosing.rules.three_plus_three import CLASSICAL, PROTOCOL, RULE_SETS, LevelTally, RuleSet
from dosing.rules.trial_replay import ImpossibleHistory
from dosing.rules.trial_state import LevelState, Standing
from trial_edc.protocol.parameters import integer
from trial_edc.review.results import canonical

FORMAT = 1
#: Digits of a probability that is kept: what floating point can vouch for after a long sum.
DIGITS = 12
#: True DLT probabilities to begin with: mild, moderate, and every dose too toxic.
SCENARIOS = (
    (Decimal("0.05"), Decimal("0.15"), Decimal("0.30")),
    (Decimal("0.10"), Decimal("0.25"), Decimal("0.40")),
    (Decimal("0.40"), Decimal("0.55"), Decimal("0.70")),
)
#: Before the first subject, and given the data so far.
START, NOW = "start", "now"
RULES = (PROTOCOL, CLASSICAL)


def characteristics(states: Sequence[LevelState], probabilities: Sequence[Decimal]) -> dict[str, Any]:
    """Return what both rules do at these true DLT probabilities, before the first subject and from this state.

    `columns` has one entry per rule and start. A state outside 3+3 has no column of its own, and `refused` says why.
    Raises ValueError for probabilities that the data exclude.
    """
    assumed, beginning = tuple(probabilities), tuple(untreated(len(states)))
    columns = [_column(rules, START, _exact(rules.name, assumed, beginning)) for rules in RULES]
    refused = ""
    try:
        columns += [_column(rules, NOW, _exact(rules.name, assumed, tuple(states))) for rules in RULES]
    except ImpossibleHistory as impossible:
        refused = str(impossible)
    content = {
        "format": FORMAT,
        "rule": operating_characteristics.RULE,
        "version": operating_characteristics.VERSION,
        "probabilities": [str(p) for p in probabilities],
        "minimum_subjects": integer("escalation.minimum_subjects"),
        "levels": [_level(state) for state in states],
        "columns": columns,
        "refused": refused,
    }
    plain: dict[str, Any] = json.loads(canonical(content))
    return plain


def characteristics_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of the characteristics in canonical form."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def column(content: dict[str, Any], rules: str, start: str) -> dict[str, Any] | None:
    """Return the column of a rule and a start, None when there is none."""
    return next((each for each in content["columns"] if (each["rule_set"], each["from"]) == (rules, start)), None)


@lru_cache(maxsize=256)
def _exact(rules: str, probabilities: tuple[Decimal, ...], states: tuple[LevelState, ...]) -> OperatingCharacteristics:
    """Work out every path; who asks again at the same probabilities, or at the start of the trial, waits for none."""
    return from_state(RULE_SETS[rules], probabilities, states)


def _column(rules: RuleSet, start: str, found: OperatingCharacteristics) -> dict[str, Any]:
    return {
        "rule_set": rules.name,
        "from": start,
        "p_select": [round(p, DIGITS) for p in found.p_select],
        "expected_n": [round(n, DIGITS) for n in found.expected_n],
        "expected_dlt": [round(n, DIGITS) for n in found.expected_dlt],
        "n_total": {str(total): round(p, DIGITS) for total, p in found.n_total.items()},
        "p_fewer_than_minimum": round(found.p_fewer_than(integer("escalation.minimum_subjects")), DIGITS),
        "n_paths": found.n_paths,
    }


def _level(state: LevelState) -> dict[str, Any]:
    tally = state.tally
    return {
        "n_evaluable": tally.n_evaluable, "n_dlt": tally.n_dlt, "n_pending": tally.n_pending,
        "n_review": tally.n_review, "closed": tally.closed, "opened": state.opened,
    }  # fmt: skip


def states_of_evidence(evidence: dict[str, Any]) -> tuple[LevelState, ...]:
    """Return the levels as a frozen decision saw them."""
    levels = evidence["levels"]
    used = [
        row["level"] for row in levels
        if row["standing"] not in (Standing.NOT_OPENED, Standing.CLOSED_BY_LOWER) or LevelTally(**row["tally"]).infused
    ]  # fmt: skip
    return tuple(LevelState(LevelTally(**row["tally"]), opened=row["level"] <= max(used)) for row in levels)
