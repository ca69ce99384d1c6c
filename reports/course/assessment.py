"""One assessment on one page: target, non-target and new lesions and the response of a visit, with live sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from efficacy.assessment import Assessment, read_together
from efficacy.blinding import is_revealed
from efficacy.filed import read_once
from efficacy.selectors.history import FORMS
from reports.course.assessment_table import LesionTable, table_of
from trial_edc.accounts.models import User
from trial_edc.casebook import drafts
from trial_edc.casebook.around import Around, read_around
from trial_edc.casebook.entry import Entry, open_entry
from trial_edc.casebook.page import Page, build_page
from trial_edc.casebook.place import Place
from trial_edc.casebook.submission import REASONS, Conflict
from trial_edc.casebook.templatetags.edc import SummaryLine, failed_lines
from trial_edc.casebook.together import Outcome, fingerprint, is_readable, is_touched, own_data, validate
from trial_edc.errors import DomainError


@dataclass
class Part:
    """One form on the page. `shown` is the mark of what is saved, by which a later post tells whether it changed."""

    place: Place
    page: Page
    shown: str
    tables: list[tuple[Any, LesionTable | None]]
    conflict: Conflict | None = None

    @property
    def form(self) -> Any:
        return self.page.entry.form

    @property
    def oid(self) -> str:
        return self.place.oid


@dataclass
class AssessmentPage:
    """What the template shows: the parts, and what stands beside them."""

    subject: dict[str, Any]
    visit: dict[str, Any]
    parts: list[Part]
    urls: dict[str, str]
    read_only: bool
    read_only_because: str
    reason_required: bool
    computed: list[Any]
    to_resolve: list[dict[str, Any]]
    draft: Any = None
    failed: list[SummaryLine] = field(default_factory=list)
    reasons: Any = REASONS
    reason_code: str = ""
    reason_text: str = ""
    reason_error: str = ""

    @property
    def follows(self) -> bool:
        """Test whether lesions are followed here; at baseline they are identified."""
        return any(table is not None for part in self.parts for _group, table in part.tables)

    @property
    def conflicts(self) -> list[Part]:
        return [part for part in self.parts if part.conflict is not None]


def places_at(subject: Any, visit: str) -> list[Place]:
    """Return the places of the tumour forms that the protocol collects at a visit of this subject."""
    found = []
    for oid in FORMS:
        place = Place(subject, visit, oid, 1)
        try:
            place.require_planned()
            place.require_added()
        except DomainError:
            continue
        found.append(place)
    return found


@dataclass
class _Opened:
    entry: Entry
    shown: str
    draft: Any = None
    sent: QueryDict | None = None


def open_page(user: User, places: list[Place]) -> AssessmentPage:
    """Return the page as it is saved, or as this person's drafts left it."""
    read_once(places[0].subject)
    opened, kept = {}, drafts.find_all(user, places)
    for place in places:
        record, draft = place.find(), kept.get(place)
        saved = open_entry(place, user, record=record)
        entry = saved if draft is None else open_entry(place, user, record=record, typed=drafts.typed(draft))
        opened[place.oid] = _Opened(entry, fingerprint(saved), draft)
    return _page(user, places, opened)


def typed_page(user: User, places: list[Place], data: QueryDict, outcome: Outcome | None = None) -> AssessmentPage:
    """Return the page with what a post says; a form that the person left alone is shown as it is saved by now."""
    read_once(places[0].subject)
    opened = {}
    for place in places:
        record, own = place.find(), own_data(data, place.oid)
        refused = outcome.refused.get(place.oid) if outcome else None
        typed = open_entry(place, user, record=record, typed=own) if "token" in own else None
        if typed is not None and (refused is not None or is_touched(typed, own.get("shown", ""))):
            opened[place.oid] = _Opened(refused.entry if refused else typed, own.get("shown", ""), sent=own)
        else:
            saved = open_entry(place, user, record=record)
            opened[place.oid] = _Opened(saved, fingerprint(saved))
    page = _page(user, places, opened, outcome)
    page.reason_code, page.reason_text = data.get("reason_code", ""), data.get("reason_text", "")
    return page


def _page(
    user: User, places: list[Place], opened: Mapping[str, _Opened], outcome: Outcome | None = None
) -> AssessmentPage:
    entries = {oid: each.entry for oid, each in opened.items()}
    for entry in entries.values():
        if entry.form.is_bound:
            is_readable(entry)
    assessment = read_together(entries)
    validate({oid: entry for oid, entry in entries.items() if not (outcome and oid in outcome.refused)})
    around = read_around(list(entries.values()), user)
    parts = [_part(user, place, opened[place.oid], assessment, outcome, around) for place in places]
    pages = [part.page for part in parts]
    page = AssessmentPage(
        subject=pages[0].subject,
        visit=pages[0].visit,
        parts=parts,
        urls=_urls(places[0]),
        read_only=all(each.read_only for each in pages),
        read_only_because=pages[0].read_only_because,
        reason_required=any(each.reason_required and not each.read_only for each in pages),
        computed=_computed(parts),
        to_resolve=[
            line | {"label": f"{each.form_title}: {line['label']}"} for each in pages for line in each.to_resolve
        ],
        draft=max((each.draft for each in pages if each.draft), key=lambda draft: draft.saved_at, default=None),
    )
    if outcome is not None:
        page.failed = [line for each in pages if each.failed for line in failed_lines(each.entry.form, each)]
        page.reason_error = next((each.reason_error for each in pages if each.reason_error), "")
    return page


def _part(
    user: User, place: Place, opened: _Opened, assessment: Assessment, outcome: Outcome | None, around: Around
) -> Part:
    refused = outcome.refused.get(place.oid) if outcome else None
    conflict = refused if isinstance(refused, Conflict) else None
    opened.entry.form.name_under(place.oid)
    failed = refused is not None and conflict is None
    page = build_page(opened.entry, user, draft=opened.draft, failed=failed, around=around)
    if opened.sent is not None:
        page.token = opened.sent.get("token", page.token)
        version = opened.sent.get("version", "0")
        page.version = int(version) if version.isdigit() else 0
    page.reason_error = getattr(refused, "reason_error", "")
    revealed = is_revealed(opened.entry.record)
    tables = [(group, table_of(group, opened.entry.record, assessment, revealed=revealed)) for group in page.rows]
    return Part(place, page, opened.shown, tables, conflict)


def _computed(parts: list[Part]) -> list[Any]:
    """Return the panels of the response; at baseline, where there is none, those of the choice of lesions."""
    by_form = {part.oid: part.page.computed for part in parts}
    return by_form["RESP"] if "RESP" in by_form else [panel for found in by_form.values() for panel in found]


def _urls(place: Place) -> dict[str, str]:
    arguments = [place.subject.identifier, place.visit]
    names = {"post": "assessment", "draft": "assessment-draft", "live": "assessment-live", "sums": "assessment-sums"}
    return {key: reverse(f"course:{name}", args=arguments) for key, name in names.items()} | {
        "tumour": reverse("course:tumour", args=arguments[:1])
    }
