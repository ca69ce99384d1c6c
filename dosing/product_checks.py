"""Predicates of leukapheresis, product milestones and the release certificate: from a form to the rules."""

from __future__ import annotations

import re
from typing import Any

from dosing.rules.release_certificate import Approval, ReleaseStatus, ReleaseVerdict, judge_certificate
from dosing.rules.two_people import different_people
from trial_edc.protocol.parameters import decimal, integer, text
from trial_edc.protocol.release_specification import RELEASE_TESTS

#: The decisions of the manufacturer, as stored.
RELEASED = ReleaseStatus.RELEASED.value
OUT_OF_SPECIFICATION = ReleaseStatus.RELEASED_OUT_OF_SPECIFICATION.value
#: Milestones of a frozen product, whose temperature has a limit.
FROZEN = ("SHIPPED_TO_SITE", "STORED")


def odd_coi(column: str = "coi_number") -> Any:
    """Return the predicate that a chain-of-identity number is none that the protocol issues."""
    return lambda form: re.fullmatch(text("product.coi_pattern"), getattr(form, column)) is None


def one_person(first: str, second: str) -> Any:
    """Return the predicate that both columns name the same person."""
    return lambda form: not different_people(getattr(form, first), getattr(form, second))


def stops_before_start(form: Any) -> bool:
    """Test whether the procedure ends when it starts, or earlier; without an end date it ends on the same day."""
    return (form.stop_date or form.procedure_date, form.stop_time) <= (form.procedure_date, form.start_time)


def below(name: str, parameter: str) -> Any:
    """Return the predicate that a value lies below a parameter."""
    return lambda form: getattr(form, name) < decimal(parameter)


def too_few_identifiers(form: Any) -> bool:
    return len(form.identifiers_checked) < integer("product.identifiers_checked")


def too_warm(form: Any) -> bool:
    """Test for a frozen product above its temperature."""
    return form.milestone in FROZEN and form.temperature_c > decimal("product.storage_temperature_c")


def approval_of(form: Any) -> Approval | None:
    """Return the approval of a lot out of specification as the certificate has it, None without one."""
    if not form.oos_approved:
        return None
    return Approval(form.oos_first_approver, form.oos_second_approver, form.oos_approved_date, form.oos_reason)


def certificate_verdict(form: Any) -> ReleaseVerdict:
    """Return what the rule makes of a certificate as it stands."""
    return judge_certificate(
        {test.name: getattr(form, test.name) for test in RELEASE_TESTS},
        below_detection=frozenset({"endotoxin"} if form.endotoxin_below_detection else ()),
        approval=approval_of(form),
    )


def released_against_the_rule(form: Any) -> bool:
    """Test for a lot called released although a test is missing or failed."""
    return form.release_decision == RELEASED and certificate_verdict(form).status != ReleaseStatus.RELEASED


def released_without_approval(form: Any) -> bool:
    """Test for a release out of specification that two people have not approved."""
    verdict = certificate_verdict(form)
    return form.release_decision == OUT_OF_SPECIFICATION and verdict.status == ReleaseStatus.NOT_RELEASABLE


def needless_exception(form: Any) -> bool:
    """Test for a release out of specification of a lot that meets it."""
    return form.release_decision == OUT_OF_SPECIFICATION and certificate_verdict(form).status == ReleaseStatus.RELEASED


def may_be_used(form: Any) -> bool:
    """Test whether the decision on a lot is a release that the results and the approval carry."""
    return bool(form.release_decision) and form.release_decision == certificate_verdict(form).status.value


def more_car_cells_than_possible(form: Any) -> bool:
    """Test for more viable CAR+ cells than the share of CAR+ cells in all cells."""
    return bool(form.viable_car_cells_million * 100 > form.total_cells_million * form.car_percent)


def is_release(form: Any) -> bool:
    return form.release_decision in (RELEASED, OUT_OF_SPECIFICATION)
