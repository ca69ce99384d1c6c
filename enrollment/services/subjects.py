"""Open a casebook, and keep on the subject what its forms say."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from enrollment.models import Subject
from trial_edc.accounts.access import require
from trial_edc.accounts.models import Site, User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.closing import refuse_locked_study
from trial_edc.errors import DomainError

NUMBERING_LOCK = 4_205_947_489


def add_subject(*, by: User, site: Site, source: str = "web", identifier: str | None = None) -> Subject:
    """Open a casebook at `site`; the identifier is the site's next number unless an import brings its own."""
    require(by, Permission.ENROL, site)
    with acting(by, source=source):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING_LOCK])
        refuse_locked_study()
        chosen = identifier or _next_identifier(site)
        if Subject.objects.filter(identifier=chosen).exists():
            raise DomainError(_("Subject %(id)s exists already.") % {"id": chosen})
        return Subject.objects.create(identifier=chosen, site=site)


def _next_identifier(site: Site) -> str:
    numbers = [
        int(tail)
        for tail in (
            identifier.rpartition("-")[2]
            for identifier in Subject.objects.filter(site=site).values_list("identifier", flat=True)
        )
        if tail.isdigit()
    ]
    return f"{site.code}-{max(numbers, default=0) + 1:03d}"


def note_on_subject(subject: Subject, **values: Any) -> None:
    """Write what changed on the subject; the caller holds its row lock."""
    fresh = {name: value for name, value in values.items() if getattr(subject, name) != value}
    for name, value in fresh.items():
        setattr(subject, name, value)
    if fresh:
        subject.save(update_fields=list(fresh))
