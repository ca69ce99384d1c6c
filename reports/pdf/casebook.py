"""The casebook of one subject as a document: what it is, how each visit stands, and then form after form."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Paragraph, Spacer

from enrollment.models.subject import SubjectStatus
from reports.casebook.content import Casebook, LogPart, VisitPart
from reports.content.facts import level_code
from reports.pdf import casebook_words as said
from reports.pdf import words
from reports.pdf.casebook_form import computed_heads, computed_line, form_section
from reports.pdf.document import Heading, Rendered, Step, anchor, render
from reports.pdf.fonts import markup
from reports.pdf.making import Making
from reports.pdf.safety import draft_line
from reports.pdf.styles import style
from reports.pdf.tables import ROOM_FOR_A_TABLE, Head, Line, Text, listing, note
from trial_edc.casebook.selectors.visit_page import window_text
from trial_edc.crf import registry
from trial_edc.protocol.study import STUDY
from trial_edc.protocol.visits.model import VisitWindow


def casebook_pdf(book: Casebook, content_hash: str, making: Making, step: Step) -> Rendered:
    """Return the casebook as PDF."""
    title = _("Casebook of subject %(subject)s") % {"subject": book.subject.identifier}
    frame = making.frame(title, book.cutoff, draft_line(book.unverified, book.open_queries))
    story = [
        Paragraph(markup(title), style("title")),
        Paragraph(markup(f"{STUDY.title} · {STUDY.protocol_number} · {STUDY.sponsor}"), style("subtitle")),
        *_front(book, content_hash, making),
        *_overview(book),
        PageBreak(),
        *(element for visit in book.visits if _is_told(visit) for element in _visit(visit)),
        *(element for log in book.logs if log.forms for element in _log(log)),
    ]
    return render(frame, story, step)


def _front(book: Casebook, content_hash: str, making: Making) -> Iterator[Flowable]:
    subject = book.subject
    facts = [
        (_("Subject"), subject.identifier),
        (_("Site"), making.site),
        (_("Status"), words.choice(SubjectStatus, subject.status)),
        (_("Dose level"), words.group(level_code(subject.dose_level))),
        (_("Consent"), words.day(subject.consent_date)),
        (_("Infusion"), words.moment(subject.infused_at)),
        (_("Death"), words.day(subject.death_date)),
        (_("End of study"), words.day(subject.off_study_date)),
        (_("Data cut-off"), words.moment(book.cutoff, seconds=True)),
        (_("Forms"), str(len(book.forms))),
        (_("Audit trail"), _("with every version of every item") if book.with_trail else _("not included")),
        (_("Critical items not source verified"), str(book.unverified)),
        (_("Open queries"), str(book.open_queries)),
        (_("Content of this casebook, SHA-256"), content_hash),
        (_("Generated"), _("%(moment)s by %(person)s")
         % {"moment": words.moment(making.generated_at), "person": making.person}),
    ]  # fmt: skip
    yield listing([Head(_("What"), 1), Head("", 4)], [Line([Text(name, "cell-bold"), value]) for name, value in facts])
    explained = _(
        "Values stand as they were entered; what a rule computed stands beside them with its version. A critical item"
        " feeds the dose decision. Two casebooks of one cut-off have the same checksum."
    )
    yield note(explained)
    yield Spacer(1, 6)


def _overview(book: Casebook) -> Iterator[Flowable]:
    heads = [Head(_("Visit"), 2.4), Head(_("Target"), 1.2), Head(_("Window"), 2.2), Head(_("Took place"), 2),
             Head(_("State"), 1.4), Head(_("Forms"), 0.8, "-center"), Head(_("Queries"), 0.8, "-center"),
             Head(_("Not entered"), 4)]  # fmt: skip
    yield Heading(_("Visits"))
    yield note(_("As the schedule plans them and as they stood at the data cut-off. A name leads to the visit."))
    yield listing(heads, [_overview_line(visit) for visit in book.visits])
    if book.logs:
        yield CondPageBreak(ROOM_FOR_A_TABLE)
        yield Heading(_("Logs"))
        yield note(_("Kept once for the whole study."))
        heads = [Head(_("Log"), 4), Head(_("Entries"), 1, "-right"), Head(_("Queries"), 1, "-right"), Head("", 6)]
        yield listing(heads, [Line([_log_name(log), str(len(log.forms)), _queries(log), ""]) for log in book.logs])
    if book.computed:
        yield CondPageBreak(ROOM_FOR_A_TABLE)
        yield Heading(_("Computed about the subject"))
        yield note(_("What the rules had answered by the data cut-off, with the version of each."))
        lines = [computed_line(c.rule, c.version, c.because, words.moment(c.computed_at)) for c in book.computed]
        yield listing(computed_heads(), lines)


def _overview_line(visit: VisitPart) -> Line:
    name = said.visit_title(visit.code)
    link = Text(name, "cell", place=anchor(f"visit-{visit.code}")) if _is_told(visit) else name
    return Line([
        link, words.day(visit.target), _window(visit), visit.not_done or words.day(visit.visit_date),
        said.visit_state(visit.state), str(len(visit.forms)), _queries(visit), _absent(visit) or words.DASH,
    ])  # fmt: skip


def _window(visit: VisitPart) -> str:
    if visit.target is None:
        return words.DASH
    span = VisitWindow(visit.target, visit.first, visit.last)
    return window_text(span) or _("the day itself")


def _queries(part: VisitPart | LogPart) -> str:
    return str(sum(each.state in ("open", "answered") for form in part.forms for each in form.threads))


def _absent(visit: VisitPart) -> str:
    """Return the required forms that nobody began; of a visit that is not due yet, none."""
    missing = [oid for oid, state in visit.absent if state != "NOT_DUE"]
    return ", ".join(str(registry.get(oid).crf.title) for oid in missing)


def _is_told(visit: VisitPart) -> bool:
    return bool(visit.forms or visit.visit_date or visit.not_done)


def _visit(visit: VisitPart) -> Iterator[Flowable]:
    yield Heading(said.visit_title(visit.code), place=f"visit-{visit.code}")
    facts = [said.visit_state(visit.state)]
    if visit.visit_date is not None:
        facts.append(_("took place %(day)s") % {"day": words.day(visit.visit_date)})
    if visit.target is not None:
        facts.append(_("target %(day)s, window %(window)s") % {"day": words.day(visit.target),
                                                               "window": _window(visit)})  # fmt: skip
    if visit.not_done:
        facts.append(_("visit not done because: %(reason)s") % {"reason": visit.not_done})
    if _absent(visit):
        facts.append(_("not entered: %(forms)s") % {"forms": _absent(visit)})
    yield note(" · ".join(facts))
    for form in visit.forms:
        yield from form_section(form)


def _log_name(log: LogPart) -> str:
    return str(registry.get(log.oid).crf.title) if log.oid else _("Forms that the schedule no longer has")


def _log(log: LogPart) -> Iterator[Flowable]:
    yield Heading(_log_name(log), place=f"log-{log.oid}")
    for form in log.forms:
        yield from form_section(form)
