"""One serious event as a document, made while the person waits: it takes well under a second."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from reports.pdf.making import Making
from reports.pdf.serious import report_pdf
from reports.production import site_text
from reports.serious.content import content_hash
from reports.serious.reading import read_event
from trial_edc import __version__
from trial_edc.audit.signatures import note
from trial_edc.casebook.views.access import subject_for
from trial_edc.protocol.study import STUDY


@require_safe
def serious_report(request: HttpRequest, identifier: str, number: int) -> HttpResponse:
    """Hand out the reports of one serious event as PDF, and write down who took it with its checksum."""
    user, subject = subject_for(request, identifier)
    moment = timezone.now()
    found = read_event(subject, number, moment)
    if found is None:
        raise Http404("no such serious event")
    making = Making(
        person=user.full_name,
        generated_at=moment,
        software=f"{STUDY.short_title} EDC {__version__}",
        language=get_language() or "en-gb",
        site=site_text(subject.site),
    )
    made = report_pdf(found, content_hash([found]), moment, making)
    name = f"{STUDY.protocol_number}_SAE_{subject.identifier}-{number}_{timezone.localtime(moment):%Y%m%d-%H%M%S}.pdf"
    digest = hashlib.sha256(made.content).hexdigest()
    note(user, "download", f"{name} sha256={digest} bytes={len(made.content)} pages={made.pages}")
    response = HttpResponse(made.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
