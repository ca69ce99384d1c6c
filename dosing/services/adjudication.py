"""A delegated physician judges whether an event is a DLT."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dosing.models import DltAdjudication
from dosing.selectors.assessment import assess_subjects
from dosing.services.later import recompute_subject_later
from enrollment.models import Subject
from safety.models import AdverseEvent
from safety.rules.severity import Dlt
from trial_edc.accounts.access import may_judge, training_gap
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.errors import DomainError


def adjudicate(
    *, by: User, adverse_event: AdverseEvent, verdict: str, rationale: str, seen: str = "", source: str = "web"
) -> DltAdjudication:
    """Record a physician's verdict beside the computed one.

    `seen` is the input hash of the facts on the person's page; a verdict on other facts is refused. Without it the
    present facts count as seen.
    """
    if not may_judge(by, adverse_event.subject.site):
        raise PermissionDenied(training_gap(by) or _("Only a physician named in the delegation log may adjudicate."))
    text = rationale.strip()
    if verdict not in DltAdjudication.Verdict.values:
        raise DomainError(_("Choose a verdict."), field="verdict")
    if sum(letter.isalnum() for letter in text) < 10:
        raise DomainError(_("Give the rationale in at least 10 characters."), field="rationale")
    with acting(by, source=source):
        subject = Subject.objects.select_for_update(of=("self",)).get(pk=adverse_event.subject_id)
        one = assess_subjects([subject.pk], moment=timezone.now())[0]
        judged = next(event for event in one.events if event.on_file.event.pk == adverse_event.pk)
        if judged.computed.dlt is Dlt.NOT_APPLICABLE:
            raise DomainError(_("There is no DLT to judge: %(because)s") % {"because": judged.computed.because})
        if seen and seen != judged.input_hash:
            raise DomainError(_("The event changed since you opened this page. Look at it again before you judge."))
        adjudication = DltAdjudication.objects.update_or_create(
            adverse_event=adverse_event,
            defaults={
                "subject": subject,
                "verdict": verdict,
                "rationale": text,
                "seen_input_hash": judged.input_hash,
                "adjudicated_at": timezone.now(),
                "adjudicated_by": by,
            },
        )[0]
        recompute_subject_later(subject.pk)
    return adjudication
