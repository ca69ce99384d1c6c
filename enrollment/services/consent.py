"""Around the consent form, and around every procedure that rests on a consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.models import Consent
from enrollment.models.protocol_deviation import ProtocolDeviation
from enrollment.rules.consent_cover import SCREENING
from enrollment.selectors.consents import consent_behind, has_other_consent, procedures_before_consent
from enrollment.selectors.dated_forms import DatedForm, date_item, procedure_day
from enrollment.services.deviations import draft_deviation
from enrollment.services.subjects import note_on_subject
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError
from trial_edc.protocol.consent_versions import consent_version, versions_in_force

#: How many forms a sentence names before it counts the rest.
NAMED = 4


def guard_consent(*, record: Consent, by: User) -> None:
    """Refuse a consent in the future, on a version not in force that day, or after procedures nobody explained."""
    if record.consent_date is None:
        return
    if record.consent_date > today():
        raise DomainError(_("The consent date is in the future."), field="consent_date")
    _refuse_future_time(record)
    _require_version(record)
    _require_kind(record)
    _require_order(record)
    earlier = procedures_before_consent(record)
    if earlier and record.earlier_standard_care is None:
        raise DomainError(
            _("Dated before this consent: %(forms)s. Correct the date, or say whether that was standard care.")
            % {"forms": _listed(earlier)},
            field="earlier_standard_care",
        )


def _refuse_future_time(record: Consent) -> None:
    if record.consent_date is None or record.consent_time is None:
        return
    moment = datetime.combine(record.consent_date, record.consent_time, tzinfo=timezone.get_current_timezone())
    if moment > timezone.now():
        raise DomainError(_("The time of consent is in the future, by the clock of the site."), field="consent_time")


def _require_version(record: Consent) -> None:
    if not record.consent_version or record.consent_date is None:
        return
    if consent_version(record.consent_version).in_force_on(record.consent_date):
        return
    valid = ", ".join(version.number for version in versions_in_force(record.consent_date))
    sentence = (
        _("Version %(number)s was not approved and in force on %(date)s. Valid that day: %(valid)s.")
        if valid
        else _("Version %(number)s was not approved and in force on %(date)s. No version was valid that day.")
    )
    raise DomainError(
        sentence % {"number": record.consent_version, "date": study_date(record.consent_date), "valid": valid},
        field="consent_version",
    )


def _require_kind(record: Consent) -> None:
    if record.reconsent is True and not has_other_consent(record):
        raise DomainError(
            _("No earlier consent of this subject is entered, so this is not a consent given again."),
            field="reconsent",
        )


def _require_order(record: Consent) -> None:
    confirmed = record.subject.eligibility_confirmed_date
    if record.visit == SCREENING and confirmed and record.consent_date and record.consent_date > confirmed:
        raise DomainError(
            _("Eligibility was confirmed on %(date)s, before this consent.") % {"date": study_date(confirmed)},
            field="consent_date",
        )


def _listed(forms: Sequence[DatedForm]) -> str:
    named = [f"{form.title} {study_date(form.day)}" for form in forms[:NAMED]]
    if len(forms) > NAMED:
        named.append(_("and %(count)s more") % {"count": len(forms) - NAMED})
    return ", ".join(named)


def follow_consent(*, record: Consent, by: User, changed: set[str]) -> None:
    """Anchor screening on the first consent date; draft a deviation for each procedure that should have waited."""
    first = Consent.objects.filter(subject=record.subject, consent_date__isnull=False).order_by("consent_date").first()
    note_on_subject(record.subject, consent_date=first.consent_date if first else None)
    if record.earlier_standard_care is False:
        for form in procedures_before_consent(record):
            _draft(by, form)


def guard_procedure(*, record: Any, by: User) -> None:
    """Refuse a procedure dated before the consent it rests on, unless the consent form says how that came."""
    consent = _consent_not_awaited(record)
    if consent is not None and consent.earlier_standard_care is None:
        raise DomainError(
            _(
                "This is dated before the consent of %(date)s. Correct the date, or say first in the consent form"
                " whether procedures before consent were standard care."
            )
            % {"date": study_date(consent.consent_date)},
            field=date_item(type(record)),
        )


def follow_procedure(*, record: Any, by: User, changed: set[str]) -> None:
    """Draft a deviation for a procedure before consent that was not standard care."""
    consent, day = _consent_not_awaited(record), procedure_day(record)
    if consent is not None and day is not None and consent.earlier_standard_care is False:
        _draft(by, DatedForm(record, day))


def _consent_not_awaited(record: Any) -> Consent | None:
    """Return the consent that a procedure rests on when the procedure is dated before it.

    Most procedures follow the confirmed eligibility, which itself follows consent: for them nothing is read.
    """
    day, subject = procedure_day(record), record.subject
    if day is None or subject.consent_date is None:
        return None
    if subject.eligibility_confirmed_date is not None and day >= subject.eligibility_confirmed_date:
        return None
    consent = consent_behind(record)
    late = consent is not None and consent.consent_date is not None and day < consent.consent_date
    return consent if late else None


def _draft(by: User, form: DatedForm) -> None:
    draft_deviation(
        by=by,
        subject=form.record.subject,
        category=ProtocolDeviation.Category.CONSENT,
        visit=form.record.visit,
        form=form.record.crf.oid,
        occurred_date=form.day,
        description=_("%(form)s on %(date)s was done before consent and was not standard care.")
        % {"form": form.record.crf.title, "date": study_date(form.day)},
        reference=f"before-consent:{form.record.pk}",
    )
