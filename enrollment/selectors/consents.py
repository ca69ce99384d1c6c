"""Consents of a subject: which one a procedure rests on, what is dated before it, who has to consent again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from enrollment.models import Consent, Subject
from enrollment.rules.consent_cover import covering_consent
from enrollment.selectors.dated_forms import DatedForm, procedures_before
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.consent_versions import versions_in_force


@dataclass(frozen=True)
class ReconsentDue:
    """A subject on study whose latest consent is of a version that is no longer in force."""

    subject: Subject
    consent: Consent
    in_force: tuple[str, ...]


def consents_by_visit(subject: Any) -> dict[str, Consent]:
    """Return the dated consents of a subject by visit."""
    dated = Consent.objects.filter(subject=subject, consent_date__isnull=False).exclude(status=FormStatus.NOT_DONE)
    return {consent.visit: consent for consent in dated}


def consent_behind(record: Any) -> Consent | None:
    """Return the consent that a form's procedure rests on, None while there is none on file."""
    on_file = consents_by_visit(record.subject)
    place = covering_consent(record.visit, on_file)
    return None if place is None else on_file[place]


def procedures_before_consent(consent: Consent) -> list[DatedForm]:
    """Return the procedures that rest on this consent, as it stands, and are dated before it; the earliest first."""
    if consent.consent_date is None:
        return []
    on_file = consents_by_visit(consent.subject) | {consent.visit: consent}
    found = [
        form
        for form in procedures_before(consent.subject, consent.consent_date)
        if covering_consent(form.record.visit, on_file) == consent.visit
    ]
    return sorted(found, key=lambda form: form.day)


def has_other_consent(consent: Consent) -> bool:
    """Test whether the subject consented at another visit on the same day or before."""
    others = consents_by_visit(consent.subject).items()
    return any(
        visit != consent.visit
        and consent.consent_date
        and other.consent_date
        and other.consent_date <= consent.consent_date
        for visit, other in others
    )


def reconsent_due(subjects: Iterable[Any] | QuerySet[Any], *, today: date) -> list[ReconsentDue]:
    """Return who of these subjects has to consent again, as a newer version is in force; rows, keys, or a query.

    Nothing is due of who died or left, of who never consented, and of consents whose version is not known.
    """
    numbers = tuple(version.number for version in versions_in_force(today))
    on_study = Consent.objects.filter(
        subject__in=subjects, subject__death_date=None, subject__off_study_date=None, consent_date__isnull=False
    ).exclude(status=FormStatus.NOT_DONE)
    latest = on_study.order_by("subject_id", "-consent_date", "-consent_time").distinct("subject_id")
    old = Consent.objects.filter(pk__in=latest.values("pk")).exclude(consent_version__in=["", *numbers])
    found = old.select_related("subject").order_by("consent_date", "consent_time")
    return [ReconsentDue(consent.subject, consent, numbers) for consent in found]
