"""What the safety part has to tell: a reporting clock of a serious event runs, or has run out. No clinical value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from safety.clocks import clocks_of, reports_on_file, slot_of
from safety.rules.reporting_clock import Clock, Recipient, State
from safety.selectors import trial_zone
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.models import Notice
from trial_edc.casebook.notices import Told, holders, register
from trial_edc.casebook.rendering.dates import study_date, study_moment
from trial_edc.casebook.selectors.visit_page import form_url

SITE = (Recipient.SPONSOR, Recipient.ETHICS)


def reporting_clocks() -> Iterator[Told]:
    """A clock concerns who enters data at the site and its physicians: when it starts, and when it has run out."""
    people = cache(_concerned)
    now = timezone.now()
    for report in reports_on_file():
        subject = report.subject
        words = {"subject": subject.identifier, "number": report.sequence}
        url = form_url(subject.identifier, report.visit, "SAE", report.sequence)
        for stage, text, more in _stages(report, clocks_of(report, now=now)):
            for user in people(subject.site_id):
                yield Told(user, Notice.Kind.SAE, f"sae:{report.pk}:{stage}", text % (words | more), url)


def _concerned(site: Any) -> set[Any]:
    return {*holders(Permission.ENTER_DATA, site), *holders(Permission.JUDGE, site)}


def _stages(report: Any, clocks: tuple[Clock, ...]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield (stage, text, what goes into it) of everything that waits on one report."""
    at_site = [clock for clock in clocks if clock.recipient in SITE and clock.waits]
    if any(clock.state is State.OVERDUE for clock in at_site):
        yield "24h-overdue", _("%(subject)s: serious-event report %(number)s is over its 24 hours"), {}
    elif at_site:
        due = study_moment(min(_due(clock) for clock in at_site), with_offset=False)
        text = _("%(subject)s: serious-event report %(number)s is to be sent at once, by %(due)s at the latest")
        yield "awareness", text, {"due": due}
    yield from _expedited([clock for clock in clocks if clock.recipient not in SITE and clock.waits])
    if slot_of(report).waits:
        text = _("%(subject)s: serious-event report %(number)s waits for the autopsy or the final medical report")
        yield "final-report", text, {}


def _expedited(waiting: list[Clock]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for clock in waiting:
        if clock.state is State.OPEN:
            continue
        due = {"due": study_date(_due(clock))}
        stage = "follow-up" if clock.recipient is Recipient.AUTHORITY_FOLLOW_UP else "expedited"
        if clock.state is State.OVERDUE:
            text = _("%(subject)s: the expedited report on serious-event report %(number)s was due on %(due)s")
            yield f"{stage}-overdue", text, due
        else:
            text = _("%(subject)s: the expedited report on serious-event report %(number)s is due on %(due)s")
            yield stage, text, due


def _due(clock: Clock) -> Any:
    assert clock.due_at is not None
    return clock.due_at.astimezone(trial_zone())


def register_all() -> None:
    """Offer what there is to tell."""
    register(reporting_clocks)
