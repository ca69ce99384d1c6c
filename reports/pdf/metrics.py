"""The report on queries, source verification and signatures as a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, Spacer

from reports.metrics.content import AGE_CLASSES, Metrics, QueryGroup, SignatureGroup, VerifiedGroup
from reports.pdf import words
from reports.pdf.casebook_words import visit_title
from reports.pdf.document import Heading, Rendered, Step, render
from reports.pdf.fonts import markup
from reports.pdf.making import Making
from reports.pdf.styles import style
from reports.pdf.tables import Head, Line, Text, listing, note
from trial_edc.crf import registry
from trial_edc.protocol.study import STUDY
from trial_edc.review.models import Query

#: A table that would begin lower than this begins on the next page.
ROOM_FOR_A_TABLE = 32 * mm
Namer = Callable[[str], str]


def metrics_pdf(metrics: Metrics, content_hash: str, making: Making, step: Step) -> Rendered:
    """Return the report as PDF."""
    title = _("Query and source verification report")
    frame = making.frame(title, metrics.cutoff)
    story: list[Flowable] = [
        Paragraph(markup(title), style("title")),
        Paragraph(markup(f"{STUDY.title} · {STUDY.protocol_number} · {STUDY.sponsor}"), style("subtitle")),
        *_front(metrics, content_hash, making),
        *_queries(metrics),
        *_verification(metrics),
        *_signatures(metrics),
    ]
    return render(frame, story, step)


def _front(metrics: Metrics, content_hash: str, making: Making) -> list[Flowable]:
    facts = [
        (_("Site"), making.site),
        (_("Subjects"), str(metrics.subjects)),
        (_("Data cut-off"), words.moment(metrics.cutoff, seconds=True)),
        (_("Content of this report, SHA-256"), content_hash),
        (_("Generated"), _("%(moment)s by %(person)s")
         % {"moment": words.moment(making.generated_at), "person": making.person}),
    ]  # fmt: skip
    explained = _(
        "Every number is counted as the lists on the pages count it. The age of a query is in whole days, to the data"
        " cut-off while somebody has to act on it. Times to the first answer and to the close are medians in days."
    )
    return [
        listing([Head(_("What"), 1), Head("", 4)], [Line([Text(name, "cell-bold"), value]) for name, value in facts]),
        note(explained),
        Spacer(1, 6),
    ]


def _queries(metrics: Metrics) -> list[Flowable]:
    return [
        Heading(_("1. Queries")),
        note(_("Cycles: how often a query came back after an answer or a close.")),
        _query_table(_("Queries"), [metrics.queries], lambda _key: _("All")),
        *_titled(_("1.1 Queries by form"), _query_table(_("Form"), metrics.by_form, form_name)),
        *_titled(_("1.2 Queries by origin"), _query_table(_("Origin"), metrics.by_origin, _origin)),
        *_titled(_("1.3 Queries by subject"), _query_table(_("Subject"), metrics.by_subject, str)),
        *_titled(_("1.4 Queries by visit"), _query_table(_("Visit"), metrics.by_visit, visit_title)),
    ]


def _titled(title: str, table: Flowable) -> list[Flowable]:
    heading = Heading(title, 1)
    heading.keepWithNext = 0  # a long table begins where there is room for its first lines
    return [CondPageBreak(ROOM_FOR_A_TABLE), heading, table]


def form_name(oid: str) -> str:
    """Return the title of a form with its OID."""
    model = registry.find(oid)
    return f"{model.crf.title} ({oid})" if model else oid


def _origin(code: str) -> str:
    return words.choice(Query.Origin, code)


def _age_title(limits: tuple[int, int | None]) -> str:
    first, last = limits
    days = f"≥ {first}" if last is None else f"{first}–{last}"
    return _("%(days)s days old") % {"days": days}


def _query_table(title: str, groups: Sequence[QueryGroup], name: Namer) -> Flowable:
    states = [(_("Open"), "open"), (_("Answered"), "answered"), (_("Closed"), "closed"), (_("Cancelled"), "cancelled")]
    heads = [
        Head(title, 3.2), *(Head(label, 1.15, "-center") for label, _state in states), Head(_("All"), 0.7, "-center"),
        *(Head(_age_title(limits), 0.95, "-center") for limits in AGE_CLASSES),
        Head(_("Median age"), 0.9, "-center"), Head(_("Oldest"), 0.8, "-center"),
        Head(_("Answered after, n"), 1.5, "-center"), Head(_("Closed after, n"), 1.5, "-center"),
        Head(_("Cycles 0 / 1 / 2+"), 1.3, "-center"),
    ]  # fmt: skip
    return listing(heads, [_query_line(each, name, states) for each in groups], _("No queries."))


def _query_line(each: QueryGroup, name: Namer, states: Sequence[tuple[Any, str]]) -> Line:
    return Line([
        Text(name(each.key), "cell-bold"), *(str(each.count(state)) for _label, state in states), str(each.total),
        *(str(count) for count in each.ages), each.median_age or words.DASH, words.whole(each.oldest),
        _after(each.median_answer, each.answered), _after(each.median_close, each.closed),
        " / ".join(str(count) for count in each.cycles),
    ])  # fmt: skip


def _after(days: str, count: int) -> str:
    return f"{days} ({count})" if count else words.DASH


def _verification(metrics: Metrics) -> list[Flowable]:
    return [
        CondPageBreak(ROOM_FOR_A_TABLE),
        Heading(_("2. Source verification")),
        note(_("Items that feed the dose decision first. An item is to be verified when it has a value, or when a value"
               " of it was verified once; one that changed since is not verified.")),
        _verified_table(_("Items"), [metrics.verified], lambda _key: _("All")),
        *_titled(_("2.1 Source verification by subject"),
                 _verified_table(_("Subject"), metrics.verified_by_subject, str)),
        *_titled(_("2.2 Source verification by visit"),
                 _verified_table(_("Visit"), metrics.verified_by_visit, visit_title)),
        *_titled(_("2.3 Source verification by form"),
                 _verified_table(_("Form"), metrics.verified_by_form, form_name)),
    ]  # fmt: skip


def _verified_table(title: str, groups: Sequence[VerifiedGroup], name: Namer) -> Flowable:
    heads = [
        Head(title, 3.4), Head(_("Forms"), 0.8, "-center"), Head(_("Critical items"), 1.1, "-center"),
        Head(_("Critical verified"), 1.5, "-center"), Head(_("Critical changed since"), 1.2, "-center"),
        Head(_("All items"), 1, "-center"), Head(_("Verified"), 1.5, "-center"),
        Head(_("Changed since verified"), 1.2, "-center"),
    ]  # fmt: skip
    return listing(heads, [_verified_line(each, name) for each in groups], _("Nothing to verify."))


def _verified_line(each: VerifiedGroup, name: Namer) -> Line:
    cells: list[str | Text] = [Text(name(each.key), "cell-bold"), str(each.forms)]
    for total, verified, changed in (each.critical, each.items):
        cells += [str(total), words.share(verified, total), str(changed)]
    return Line(cells)


def _signatures(metrics: Metrics) -> list[Flowable]:
    return [
        CondPageBreak(ROOM_FOR_A_TABLE),
        Heading(_("3. Signatures outstanding")),
        note(_("Complete forms. Ready to sign: no unresolved query and no signature that holds. Void: signed once, and"
               " changed since.")),
        _signed_table(_("Forms"), [metrics.signatures], lambda _key: _("All")),
        *_titled(_("3.1 Signatures by subject"), _signed_table(_("Subject"), metrics.signatures_by_subject, str)),
        *_titled(_("3.2 Signatures by visit"), _signed_table(_("Visit"), metrics.signatures_by_visit, visit_title)),
    ]  # fmt: skip


def _signed_table(title: str, groups: Sequence[SignatureGroup], name: Namer) -> Flowable:
    heads = [
        Head(title, 3.4), Head(_("Complete forms"), 1.4, "-center"), Head(_("Signed"), 1.4, "-center"),
        Head(_("Ready to sign"), 1.4, "-center"), Head(_("Waiting for a query"), 1.4, "-center"),
        Head(_("Signature void"), 1.4, "-center"),
    ]  # fmt: skip
    lines = [
        Line([
            Text(name(each.key), "cell-bold"), str(each.complete), words.share(each.signed, each.complete),
            str(each.ready), str(each.queried), str(each.void),
        ])
        for each in groups
    ]  # fmt: skip
    return listing(heads, lines, _("No complete form."))
