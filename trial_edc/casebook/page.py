"""What the form page shows around the fields: marks per item, panels, what to resolve, where to go."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from trial_edc.accounts.access import holds, may, may_sign_casebook, training_gap
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.models import Signature
from trial_edc.casebook import hooks
from trial_edc.casebook.around import Around, read_around
from trial_edc.casebook.entry import Entry
from trial_edc.casebook.marks import marks, row_marks, rows_to_resolve, sections, to_resolve
from trial_edc.casebook.models import Draft
from trial_edc.casebook.not_done import NotDone, reasons
from trial_edc.casebook.place import Place
from trial_edc.casebook.rendering.dates import study_date, study_moment
from trial_edc.casebook.rendering.visits import visit_label
from trial_edc.casebook.submission import REASONS
from trial_edc.crf.models import FormStatus
from trial_edc.protocol.amendments import amendment
from trial_edc.protocol.study import STUDY
from trial_edc.protocol.visits.schedule import window
from trial_edc.review.models import MissingReason


class Urls:
    """Addresses of one form and of its items."""

    def __init__(self, place: Place) -> None:
        self.arguments = [place.subject.identifier, place.visit, place.oid, place.sequence]

    def _of(self, name: str, *more: str) -> str:
        return reverse(f"casebook:{name}", args=[*self.arguments, *more])

    def __getattr__(self, name: str) -> str:
        names = {"post": "crf-edit", "draft": "crf-draft", "discard": "crf-discard", "live": "crf-live",
                 "presence": "crf-presence", "history": "crf-history",
                 "not_done": "crf-not-done", "take_back": "crf-take-back", "copy": "crf-copy",
                 "verify_all": "crf-verify", "sign": "crf-sign"}  # fmt: skip
        if name not in names:
            raise AttributeError(name)
        return self._of(names[name])

    def history_url(self, item: str) -> str:
        return self._of("item-history", item)

    def query_url(self, item: str, row: Any = None) -> str:
        return self._of("item-query", item) + (f"?row={row}" if row else "")

    def verify_url(self, item: str) -> str:
        return self._of("item-verify", item)


@dataclass(frozen=True)
class RowGroup:
    """A repeating table of the form: its title, the prefix of its fields, and its rows as a form set."""

    title: Any
    prefix: str
    formset: Any
    fixed: bool = False


@dataclass
class Page:
    """The context of the form page and of its live fragment."""

    entry: Entry
    urls: Urls
    subject: dict[str, Any]
    visit: dict[str, Any]
    form_title: Any
    status: Any
    version: int
    read_only: bool
    read_only_because: str
    may_verify: bool
    may_query: bool
    may_answer: bool
    may_sign: bool
    rows: list[RowGroup]
    computed: list[Any] = field(default_factory=list)
    to_resolve: list[dict[str, Any]] = field(default_factory=list)
    sections: list[dict[str, Any]] = field(default_factory=list)
    other_forms: list[Any] = field(default_factory=list)
    other_visits: list[Any] = field(default_factory=list)
    logs: list[Any] = field(default_factory=list)
    #: Pages that show several forms of this visit together.
    together: list[Any] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    draft: Draft | None = None
    editors: list[str] = field(default_factory=list)
    around: Around = field(default_factory=Around)
    conflict: Any = None
    reason_required: bool = False
    reason_error: str = ""
    reason_code: str = ""
    reason_text: str = ""
    failed: bool = False
    #: Why the form was not done; None for a form that holds values or waits for them.
    not_done: NotDone | None = None
    may_mark_not_done: bool = False
    may_take_back: bool = False
    #: The log this form was opened from and leads back to, '' for none.
    log: Any = None
    log_query: str = ""
    #: What the assessment before is called; '' where there is none to copy from.
    copy_title: str = ""
    #: Filled in from the address that was followed, not by this person.
    proposed: bool = False
    print_header: str = ""
    #: Version of the protocol whose form this is: the one the record was entered under.
    crf_version: str = ""
    protocol_number: str = STUDY.protocol_number
    token: str = field(default_factory=lambda: str(uuid4()))
    reasons: Any = REASONS
    missing_choices: Any = tuple(MissingReason.Code.choices)


def build_page(
    entry: Entry, by: User, *, draft: Draft | None = None, failed: bool = False, around: Around | None = None
) -> Page:
    """Return the page of an entry for one person; for a fragment see `refresh`.

    A page of several forms reads what is `around` all of them at once.
    """
    place, record = entry.place, entry.record
    site = place.subject.site
    closed = _closed(entry, by)
    page = Page(
        entry=entry,
        urls=Urls(place),
        subject=subject_bar(place.subject),
        visit=_visit(place),
        form_title=_title(entry),
        status="IN_PROGRESS" if draft else form_state(record, entry.is_new),
        version=draft.version if draft else record.version,
        read_only=bool(closed),
        read_only_because=closed,
        may_verify=not entry.is_new and may(by, Permission.VERIFY_SOURCE, site),
        may_query=not entry.is_new and may(by, Permission.RAISE_QUERY, site),
        may_answer=may(by, Permission.ANSWER_QUERY, site),
        may_sign=not entry.is_new and record.status == "COMPLETE" and may_sign_casebook(by, site),
        rows=[_row_group(entry, oid, formset) for oid, formset in entry.rowsets.items()],
        draft=draft,
        failed=failed,
        reason_required=not entry.is_new and record.completed_at is not None,
    )
    _dress(page, by, around or read_around([entry], by))
    refresh(page)
    return page


def _dress(page: Page, by: User, around: Around) -> None:
    """Say on a page who signed the form and who types into it, and what may be done with it as a whole."""
    entry, record = page.entry, page.entry.record
    page.around = around
    page.signatures = around.signatures.get(record.pk, [])
    if page.signatures:
        page.status = "SIGNED"
    page.editors = around.editors.get(entry.place, [])
    page.may_mark_not_done = not page.read_only and record.status == FormStatus.STARTED
    if record.status == FormStatus.NOT_DONE:
        page.not_done = reasons([record.pk]).get(record.pk)
        page.may_take_back = may(by, Permission.ENTER_DATA, entry.place.subject.site)
    page.crf_version = crf_version(record.amendment)
    page.print_header = _("Printed %(moment)s by %(person)s") % {
        "moment": study_moment(timezone.now()), "person": by.full_name,
    }  # fmt: skip


def refresh(page: Page) -> None:
    """Fill marks, panels, sections and the list of what to resolve from the entry as it stands."""
    entry = page.entry
    entry.form.page = page
    entry.form.flags = marks(entry, page.around.versions.get(entry.record.pk, {}))
    entry.form.draw_rows = partial(_draw_rows, page)
    asked = row_marks(entry)
    for group in page.rows:
        forms = group.formset.forms
        texts = hooks.captions(group.prefix, entry.record, [form.instance for form in forms])
        for form, captions in zip(forms, texts, strict=True):
            form.page, form.flags, form.captions = page, asked.get(form.instance.pk), captions
    if entry.record.status != FormStatus.NOT_DONE:
        page.computed = hooks.panels(entry.record, entry.all_rows())
        page.to_resolve = to_resolve(entry)
        for group in page.rows:
            for number, form in enumerate(group.formset.forms, start=1):
                page.to_resolve += rows_to_resolve(form, f"{group.title} {number}")
    page.sections = sections(entry)


def _draw_rows(page: Page, oid: str) -> str:
    group = next((group for group in page.rows if group.prefix == oid), None)
    return render_to_string("casebook/_rows.html", {"group": group, "page": page}) if group else ""


def crf_version(number: int) -> str:
    """Return the version of the protocol a record was entered under; its number where the protocol has none of it."""
    try:
        return amendment(number).version
    except KeyError:
        return str(number)


def form_state(record: Any, is_new: bool) -> str:
    """Return the status word of a form by itself, without overlays."""
    if is_new:
        return "NOT_STARTED"
    codes = {
        "STARTED": "IN_PROGRESS",
        "COMPLETE": "COMPLETE",
        "NOT DONE": "NOT_DONE",
        "FROZEN": "FROZEN",
        "LOCKED": "LOCKED",
    }
    return codes[record.status]


def subject_bar(subject: Any) -> dict[str, Any]:
    """Return what the bar above every page of a subject says."""
    return {
        "identifier": subject.identifier,
        "url": reverse("casebook:subject", args=[subject.identifier]),
        "dose_level": subject.dose_level,
        "infused_at": subject.infused_at,
        "study_day": subject.study_day(timezone.localdate()),
        "site": str(subject.site),
        "status": None,
        "status_text": subject.get_status_display(),
    }


def _visit(place: Place) -> dict[str, Any]:
    planned = place.definition
    span = window(planned, place.subject.anchors)
    words = ""
    if span is not None and span.first is not None and span.last is not None:
        first, last = study_date(span.first), study_date(span.last)
        words = _("window %(first)s to %(last)s") % {"first": first, "last": last}
        if first == last:
            words = _("planned %(day)s") % {"day": first}
    url = reverse("casebook:visit", args=[place.subject.identifier, place.visit])
    return {
        "code": place.visit,
        "label": visit_label(planned),
        "date": span.target if span else None,
        "window": words,
        "url": url,
    }


def _title(entry: Entry) -> str:
    crf = type(entry.record).crf
    return f"{crf.title} {entry.place.sequence}" if crf.repeating and entry.place.sequence else str(crf.title)


def _row_group(entry: Entry, oid: str, formset: Any) -> RowGroup:
    section = next(s for s in type(entry.record).crf.sections if s.rows == oid)
    return RowGroup(section.title, oid, formset, section.fixed_rows)


def _closed(entry: Entry, by: User) -> str:
    """Return why the form cannot be edited by this person, '' when it can."""
    if not may(by, Permission.ENTER_DATA, entry.place.subject.site):
        by_role = holds(by, Permission.ENTER_DATA, entry.place.subject.site)
        return training_gap(by) if by_role else _("You can read this form; your role does not enter data.")
    if not entry.record.is_editable:
        return _("This form is %(state)s; nobody at the site can change it.") % {
            "state": entry.record.get_status_display()
        }
    if entry.record.status == FormStatus.NOT_DONE:
        return _("This form is marked as not done.")
    return ""
