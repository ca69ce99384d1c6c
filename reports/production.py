"""Make the document that a job asks for: snapshot, tables, listings, PDF and checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dosing.models import DoseDecision
from reports.casebook.content import content_hash as hash_of_casebook
from reports.casebook.reading import read_casebook
from reports.cohorts.content import content_hash as hash_of_cohorts
from reports.cohorts.reading import read_cohorts
from reports.content.events import event_tables
from reports.content.listings import listings
from reports.content.pack import pack_hash
from reports.content.safety import SafetyReport, assemble, content_hash
from reports.course_sources import with_courses
from reports.efficacy.content import content_hash as hash_of_sheets
from reports.efficacy.production import efficacy_content
from reports.jobs import Document
from reports.metrics.content import content_hash as hash_of_metrics
from reports.metrics.reading import read_metrics
from reports.models import Job
from reports.pack_sources import read_pack
from reports.pdf.casebook import casebook_pdf
from reports.pdf.cohorts import cohorts_pdf
from reports.pdf.document import Rendered
from reports.pdf.efficacy import efficacy_pdf
from reports.pdf.making import Making
from reports.pdf.metrics import metrics_pdf
from reports.pdf.pack import pack_pdf
from reports.pdf.safety import safety_pdf
from reports.pdf.serious import listing_pdf
from reports.rules.job_states import Stage
from reports.serious.content import content_hash as hash_of_events
from reports.serious.reading import read_listing
from reports.sources import read_facts
from reports.trail_file import trail_document
from trial_edc import __version__
from trial_edc.accounts.models import Site
from trial_edc.casebook.jobs.life import Progress
from trial_edc.protocol.study import STUDY

#: Tables and listings of the safety report, as the page counts them.
TABLES, LISTINGS = 3, 6


def produce(job: Job, progress: Progress) -> Document:
    """Return the finished document of a job; raises whatever stands in the way."""
    if job.kind == Job.Kind.TRAIL:
        return trail_document(job, progress)
    making = Making(
        person=job.started_by.full_name,
        generated_at=timezone.now(),
        software=f"{STUDY.short_title} EDC {__version__}",
        language=get_language() or "en-gb",
        site=site_text(job.site),
    )
    digest, rendered = _MAKERS[Job.Kind(job.kind)](job, making, progress)
    return Document(
        name=file_name(job),
        content=rendered.content,
        sha256=hashlib.sha256(rendered.content).hexdigest(),
        content_hash=digest,
        pages=rendered.pages,
        software_version=__version__,
    )


def _safety(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    report = safety_content(job.cutoff, job.site, progress)
    digest = content_hash(report)
    return digest, safety_pdf(report, digest, making, lambda done, total: progress(Stage.PDF, done, total))


def _pack(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    decision = DoseDecision.objects.get(pk=job.parameters["decision"])
    facts = read_facts(decision.data_cutoff, None, lambda done, total: progress(Stage.SNAPSHOT, done, total))
    pack = read_pack(decision, facts, lambda done, total: progress(Stage.TABLES, done, total))
    digest = pack_hash(pack)
    return digest, pack_pdf(pack, digest, making, lambda done, total: progress(Stage.PDF, done, total))


def _efficacy(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    report, draft = efficacy_content(Job.Kind(job.kind), job.cutoff, job.site, progress)
    digest = hash_of_sheets(report.sheets)
    return digest, efficacy_pdf(report, digest, making, draft, lambda done, total: progress(Stage.PDF, done, total))


def _serious(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    found = read_listing(job.cutoff, job.site)
    progress(Stage.SNAPSHOT, 1, 1)
    digest = hash_of_events(found.events)
    return digest, listing_pdf(found, digest, making, lambda done, total: progress(Stage.PDF, done, total))


def _casebook(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    asked = job.parameters
    book = read_casebook(UUID(asked["subject"]), job.cutoff, with_trail=bool(asked["trail"]))
    progress(Stage.SNAPSHOT, 1, 1)
    digest = hash_of_casebook(book)
    return digest, casebook_pdf(book, digest, making, lambda done, total: progress(Stage.PDF, done, total))


def _cohorts(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    report = read_cohorts(job.cutoff, lambda done, total: progress(Stage.SNAPSHOT, done, total))
    progress(Stage.TABLES, 1, 1)
    digest = hash_of_cohorts(report)
    return digest, cohorts_pdf(report, digest, making, lambda done, total: progress(Stage.PDF, done, total))


def _metrics(job: Job, making: Making, progress: Progress) -> tuple[str, Rendered]:
    metrics = read_metrics(job.cutoff, job.site)
    progress(Stage.SNAPSHOT, 1, 1)
    digest = hash_of_metrics(metrics)
    return digest, metrics_pdf(metrics, digest, making, lambda done, total: progress(Stage.PDF, done, total))


#: What makes the document of each kind of job.
_MAKERS: dict[Job.Kind, Callable[[Job, Making, Progress], tuple[str, Rendered]]] = {
    Job.Kind.SAFETY: _safety,
    Job.Kind.SERIOUS: _serious,
    Job.Kind.CASEBOOK: _casebook,
    Job.Kind.COHORTS: _cohorts,
    Job.Kind.METRICS: _metrics,
    Job.Kind.PACK: _pack,
    Job.Kind.EFFICACY: _efficacy,
    Job.Kind.KINETICS: _efficacy,
}


def safety_content(cutoff: datetime, site: Site | None, progress: Progress) -> SafetyReport:
    """Return the numbers and lines of the safety report at a cut-off."""
    facts = read_facts(cutoff, site, lambda done, total: progress(Stage.SNAPSHOT, done, total))
    facts = with_courses(facts, site)
    progress(Stage.TABLES, 0, TABLES)
    events = event_tables(facts)
    progress(Stage.TABLES, TABLES, TABLES)
    lines = listings(facts)
    report = assemble(facts, events, lines)
    progress(Stage.LISTINGS, LISTINGS, LISTINGS)
    return report


def site_text(site: Site | None) -> str:
    """Return the scope as it stands on every page."""
    if site is not None:
        return _("Site %(code)s %(name)s") % {"code": site.code, "name": site.name}
    only = list(Site.objects.all()[:2])
    return site_text(only[0]) if len(only) == 1 else _("All sites")


def file_name(job: Job) -> str:
    """Return the name under which the document is saved: protocol, kind or decision, cut-off, site."""
    local = timezone.localtime(job.cutoff)
    scope = f"_site-{job.site.code}" if job.site else ""
    kind = job.parameters.get("name") or job.kind
    return f"{STUDY.protocol_number}_{kind}_{local:%Y%m%d-%H%M%S}{scope}.pdf"
