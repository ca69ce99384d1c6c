"""Beside the forms of the product: where it stands, what may follow, and whether a lot can be released."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.models import ProductMilestone
from dosing.models.product_milestone import EntryKind, Milestone
from dosing.product_checks import certificate_verdict
from dosing.rules import product_chain, release_certificate
from dosing.rules.product_chain import ProductChain
from dosing.rules.release_certificate import ReleaseStatus, TestState, TestVerdict
from dosing.selectors.product import chain_of, coi_numbers, ledger
from dosing.services.product import milestone_words
from trial_edc.casebook.display import display_value
from trial_edc.casebook.panel import Panel, PanelRow
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.release_specification import release_test

VERDICTS = {
    ReleaseStatus.RELEASED: ("✓", gettext_lazy("Meets its specification")),
    ReleaseStatus.RELEASED_OUT_OF_SPECIFICATION: ("!", gettext_lazy("Out of specification, approved")),
    ReleaseStatus.NOT_RELEASABLE: ("✕", gettext_lazy("Not releasable")),
}
STATES = {
    TestState.MET: gettext_lazy("met"),
    TestState.REPORTED: gettext_lazy("reported"),
    TestState.FAILED: gettext_lazy("failed"),
    TestState.MISSING: gettext_lazy("missing"),
}


def certificate(record: Any, _rows: list[Any]) -> Panel:
    """Say what the results carry, test by test."""
    verdict = certificate_verdict(record)
    mark, title = VERDICTS[verdict.status]
    rows = [_test_row(record, test) for test in verdict.tests]
    return Panel(title, mark, _("Release certificate"), release_certificate.VERSION, verdict.because, rows)


def _test_row(record: Any, test: TestVerdict) -> PanelRow:
    field = record._meta.get_field(test.name)
    value = display_value(field, getattr(record, test.name))
    unit = field.item.unit
    limit = release_test(test.name).limit
    said = _("limit %(limit)s") % {"limit": limit} if limit else _("no limit")
    shown = f"{value} {unit}".strip() if value else "–"
    driving = test.state in (TestState.FAILED, TestState.MISSING)
    return PanelRow(field.verbose_name, shown, f"{said} · {STATES[test.state]}", driving)


def ledger_panel(record: ProductMilestone, _rows: list[Any]) -> Panel:
    """Show the ledger of the product, and what may follow."""
    numbers = coi_numbers(record.subject_id)
    if not numbers:
        return Panel(_("No product yet"), None, _("Chain of identity"), product_chain.VERSION,
                     _("The chain-of-identity number is issued at the leukapheresis."))  # fmt: skip
    shown = record.coi_number if record.coi_number in numbers else numbers[-1]
    lines = ledger(record.subject_id, shown)
    chain = chain_of(lines)
    state = Milestone(chain.state).label if chain.state else _("not collected")
    return Panel(
        title=_("%(coi)s: %(state)s") % {"coi": shown, "state": state},
        grade=None,
        rule=_("Chain of identity"),
        version=product_chain.VERSION,
        because=_next_words(chain),
        rows=list(_lines(lines, chain)),
    )


def _next_words(chain: ProductChain) -> str:
    if not chain.may_follow:
        return _("Nothing may follow: the product has come to its end.")
    return _("What may follow: %(allowed)s.") % {"allowed": milestone_words(chain.may_follow)}


def _lines(lines: list[ProductMilestone], chain: ProductChain) -> Iterator[PanelRow]:
    """Yield the lines as they were written; those that hold are marked."""
    holding = {step.number for step in chain.steps}
    for line in lines:
        moment = f"{study_date(line.event_date)} {line.event_time:%H:%M}" if line.event_time else "–"
        yield PanelRow(
            f"{line.ledger_number} · {Milestone(line.milestone).label}", moment,
            " · ".join(_details(line, line.ledger_number in holding)),
        )  # fmt: skip


def _details(line: ProductMilestone, holds: bool) -> Iterator[str]:
    if line.entry_kind == EntryKind.CORRECTION:
        yield _("corrects entry %(number)s") % {"number": line.corrects_entry}
    elif line.entry_kind == EntryKind.WITHDRAWAL:
        yield _("withdraws entry %(number)s") % {"number": line.corrects_entry}
    elif not holds:
        yield _("does not hold any more")
    if line.temperature_c is not None:
        yield f"{line.temperature_c} °C"
    yield _("%(person)s, checked by %(other)s") % {"person": line.performed_by, "other": line.checked_by}
