"""Parameters, dose levels, amendments, the registry's sentences, statuses and state machines."""

from __future__ import annotations

import ast
import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import trial_edc.protocol
from trial_edc.protocol import dose_levels, status
from trial_edc.protocol.amendments import AMENDMENTS, amendment, amendment_on, current_amendment
from trial_edc.protocol.code_lists import CODE_LISTS
from trial_edc.protocol.parameters import (
    PARAMETERS,
    Section,
    boolean,
    decimal,
    integer,
    parameter,
    parameters_in,
    text,
    values,
)
from trial_edc.protocol.state_machines import (
    COHORT,
    DECISION,
    FORM,
    MACHINES,
    PRODUCT,
    QUERY,
    SUBJECT,
    Machine,
    TransitionRefused,
)
from trial_edc.protocol.study import CONTRADICTIONS, DESIGN_FACTS, ENDPOINTS, STUDY

VALUES = [
    ("dlt.window_days", 28),
    ("dlt.infusion_day", 0),
    ("dlt.crs_min_days", 14),
    ("dlt.crs_g4_any_duration", True),
    ("dlt.grade_5_qualifies", True),
    ("dlt.onset_anchor", "event"),
    ("evaluability.dose_tolerance", Decimal("0.20")),
    ("escalation.rule_set", "protocol"),
    ("escalation.cohort_size", 3),
    ("escalation.maximum_per_level", 6),
    ("escalation.escalate_max_dlts_of_6", 1),
    ("escalation.mtd_max_dlts_of_6", 2),
    ("escalation.classical_mtd_max_dlts_of_6", 1),
    ("escalation.expand_on_dlts_in_cohort", 1),
    ("escalation.stagger_first_to_second_days", 28),
    ("escalation.stagger_subsequent_days", 0),
    ("escalation.minimum_subjects", 12),
    ("expansion.maximum_treated", 21),
    ("expansion.boundary_p0", "1/3"),
    ("expansion.boundary_cutoff", Decimal("0.90")),
    ("expansion.boundary_prior", (1, 1)),
    ("ae.period_months_after_infusion", 12),
    ("sae.site_report_hours", 24),
    ("sae.susar_fatal_days", 7),
    ("sae.susar_fatal_follow_up_days", 8),
    ("sae.susar_other_days", 15),
    ("response.confirm_min_days", 28),
    ("cytokines.peak_window_days", 28),
    ("kinetics.follow_up_years", 3),
]


@pytest.mark.parametrize(("key", "value"), VALUES)
def test_parameter_values(key: str, value: object) -> None:
    assert parameter(key).value == value
    assert type(parameter(key).value) is type(value)


def test_every_parameter_is_unique_exact_and_explained() -> None:
    assert len({candidate.key for candidate in PARAMETERS}) == len(PARAMETERS)
    for candidate in PARAMETERS:
        assert type(candidate.value) in (bool, int, Decimal, str, tuple), candidate.key
        assert candidate.meaning and candidate.source, candidate.key
        assert ("assumption" in candidate.source.lower()) == candidate.assumption, candidate.key
    assert all(parameters_in(section) for section in Section)


def test_typed_access_refuses_another_type() -> None:
    assert integer("dlt.window_days") == 28
    assert boolean("dlt.crs_g4_any_duration") is True
    assert text("dlt.onset_anchor") == "event"
    assert decimal("recist.pd_increase_mm") == decimal("boin.elimination_minimum") + 2 == Decimal(5)
    assert values("expansion.boundary_prior") == (1, 1)
    for access, key in ((integer, "dlt.crs_g4_any_duration"), (text, "dlt.window_days"), (values, "dlt.window_days")):
        with pytest.raises(TypeError, match="dlt"):
            access(key)
    with pytest.raises(KeyError, match="no parameter"):
        parameter("dlt.window")


def test_dose_levels() -> None:
    assert [(level.short_label, level.cells_per_kg) for level in dose_levels.DOSE_LEVELS] == [
        ("DL1", Decimal("1E6")),
        ("DL2", Decimal("3E6")),
        ("DL3", Decimal("1E7")),
    ]
    assert dose_levels.next_higher(3) is None and dose_levels.next_lower(1) is None
    assert dose_levels.next_higher(1) == dose_levels.dose_level(2) == dose_levels.next_lower(3)
    with pytest.raises(KeyError, match="no dose level 4"):
        dose_levels.dose_level(4)
    with pytest.raises(ValueError, match="above 0"):
        dose_levels.dose_level(1).planned_cells(Decimal(0))


def test_amendments_are_numbered_from_the_original_protocol() -> None:
    assert [version.number for version in AMENDMENTS] == list(range(len(AMENDMENTS)))
    assert list(AMENDMENTS) == sorted(AMENDMENTS, key=lambda version: version.date)
    assert current_amendment() == amendment(len(AMENDMENTS) - 1)
    assert amendment_on(date(1999, 1, 1)) == AMENDMENTS[0]
    with pytest.raises(KeyError, match="no amendment 99"):
        amendment(99)


def test_the_study_prints_the_registrys_sentences_and_its_deviations() -> None:
    assert STUDY.registry_identifier == "NCT05947487" and STUDY.time_zone == "Asia/Shanghai"
    by_code = {endpoint.code: endpoint for endpoint in ENDPOINTS}
    assert [endpoint.code for endpoint in ENDPOINTS if endpoint.primary] == ["AE", "DLT", "MTD"]
    assert "documented disease progression or death" in by_code["OS"].registry_text
    assert "death from any cause" in by_code["OS"].deviation
    assert by_code["PFS"].deviation == ""
    problems = " ".join(contradiction.problem for contradiction in CONTRADICTIONS)
    assert all(words in problems for words in ("randomises nobody", "progression-free", "3+3", "33 or more"))
    assert [fact.name for fact in DESIGN_FACTS if fact.assumption] == ["AE period"]


def test_code_lists_hold_no_value_twice() -> None:
    for name, code_list in CODE_LISTS.items():
        listed = [value for value, _ in code_list]
        assert len(set(listed)) == len(listed) > 1, name
        assert all(words for _, words in code_list), name


def test_both_orders_of_statuses_hold_every_status_once() -> None:
    assert set(status.LEAST_FINISHED_FIRST) == set(status.FORM_STATUSES)
    assert set(status.WORST_FIRST) == set(status.STATUSES.values())
    assert len(status.WORST_FIRST) == len(status.STATUSES) == 12
    assert status.least_finished([]) is None and status.worst([]) is None
    assert status.worst([status.OVERDUE, status.QUERY_OPEN, status.LOCKED]) is status.QUERY_OPEN
    assert status.least_finished([status.SIGNED, status.VERIFIED]) is status.VERIFIED


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (Path(trial_edc.protocol.__file__ or "").parents[2] / "static" / "icons.svg").read_text(encoding="utf-8")
    for shown in (*status.STATUSES.values(), *status.SLOT_STATUSES):
        assert f'id="{shown.icon}"' in sprite, shown.icon


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_machines_are_closed_and_every_state_can_be_reached(machine: Machine) -> None:
    assert machine.initial in machine.states
    for source, target in itertools.product(machine.states, repeat=2):
        if machine.allowed(source, target):
            machine.require(source, target)
            assert source != target
        else:
            with pytest.raises(TransitionRefused, match=machine.name):
                machine.require(source, target)
    assert all(state == machine.initial or machine.path(machine.initial, state) for state in machine.states)
    with pytest.raises(KeyError):
        machine.allowed(machine.initial, "NOWHERE")


FORBIDDEN = [
    (SUBJECT, "ELIGIBLE", "INFUSED"),
    (SUBJECT, "SCREEN_FAILURE", "SCREENING"),
    (SUBJECT, "INFUSED", "SCREEN_FAILURE"),
    (SUBJECT, "DIED", "FOLLOW_UP"),
    (SUBJECT, "MANUFACTURE_FAILURE", "LYMPHODEPLETION"),
    (FORM, "NOT_STARTED", "COMPLETED"),
    (FORM, "DRAFT", "SIGNED"),
    (FORM, "COMPLETED", "DRAFT"),
    (FORM, "LOCKED", "COMPLETED"),
    (QUERY, "OPEN", "CLOSED"),
    (QUERY, "CLOSED", "CANCELLED"),
    (PRODUCT, "QC_PENDING", "SHIPPED_TO_SITE"),
    (PRODUCT, "REJECTED", "INFUSED"),
    (PRODUCT, "INFUSED", "DESTROYED"),
    (COHORT, "PLANNED", "FULL"),
    (COHORT, "LEVEL_CLOSED", "OPEN"),
    (DECISION, "READY", "RELEASED"),
    (DECISION, "SIGNED_ONCE", "RELEASED"),
    (DECISION, "SIGNED_ONCE", "DRAFT"),
    (DECISION, "SUPERSEDED", "RELEASED"),
]


@pytest.mark.parametrize(("machine", "source", "target"), FORBIDDEN)
def test_forbidden_steps(machine: Machine, source: str, target: str) -> None:
    assert not machine.allowed(source, target)


FINAL = [
    (SUBJECT, {"SCREEN_FAILURE", "COMPLETED", "WITHDRAWN", "LOST", "DIED"}),
    (FORM, set()),
    (QUERY, {"CLOSED", "CANCELLED"}),
    (PRODUCT, {"INFUSED", "DESTROYED"}),
    (COHORT, {"CLOSED", "LEVEL_CLOSED"}),
    (DECISION, {"SUPERSEDED"}),
]


@pytest.mark.parametrize(("machine", "final"), FINAL)
def test_final_states(machine: Machine, final: set[str]) -> None:
    assert {state for state in machine.states if machine.is_final(state)} == final


def test_the_main_path_of_a_subject_and_no_path_back() -> None:
    assert SUBJECT.path("ELIGIBLE", "IN_DLT_WINDOW") == (
        "APHERESED",
        "MANUFACTURING",
        "PRODUCT_RELEASED",
        "LYMPHODEPLETION",
        "INFUSED",
        "IN_DLT_WINDOW",
    )
    assert SUBJECT.path("FOLLOW_UP", "SCREENING") == SUBJECT.path("DIED", "DIED") == ()


def test_the_protocol_imports_no_framework() -> None:
    allowed = {
        "__future__", "ast", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "re",
        "trial_edc", "typing", "unicodedata", "zoneinfo",
    }  # fmt: skip
    folder = Path(trial_edc.protocol.__file__ or "").parent
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.split(".")[0] for name in names} <= allowed, file
            assert all(not name.startswith("trial_edc") or name.startswith("trial_edc.protocol") for name in names)
