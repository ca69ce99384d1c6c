"""A new column: the forms of one time point, typed side by side and saved by the service that saves every form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from safety.bedside.layout import ICANS, ICE_TICKS, MOMENT, OIDS, VITALS
from trial_edc.accounts.models import User
from trial_edc.casebook import drafts
from trial_edc.casebook.entry import Entry, open_entry
from trial_edc.casebook.marks import marks
from trial_edc.casebook.place import NEW, Place
from trial_edc.casebook.submission import Outcome, Refused, Saved, submit
from trial_edc.casebook.together import own_data
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.schedule import SCHEDULE, window
from trial_edc.review.models import MissingReason

ICE_DONE = "DONE"


@dataclass
class Part:
    """What was typed into one form of the column, under the names the form itself uses."""

    place: Place
    data: QueryDict

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the moment was typed: this form is then not part of the column."""
        names = [item.name for item, _meaning in registry.items(self.place.model) if item.name not in MOMENT]
        return not any(text for name in names for key in (name, f"missing-{name}") for text in self.data.getlist(key))


def visits_at_the_bedside() -> list[Any]:
    """Return the visits at which the protocol collects every form of a column, in protocol order."""
    return [
        visit
        for visit in SCHEDULE
        if visit.study_day is not None and set(OIDS) <= {*visit.required_forms, *visit.optional_forms}
    ]


def visit_of(subject: Any, day: date) -> str:
    """Return the code of the visit a day belongs to: in whose window it lies, else the last one that was due before."""
    before = ""
    for visit in visits_at_the_bedside():
        planned = window(visit, subject.anchors)
        if planned is None:
            continue
        if planned.contains(day):
            return str(visit.code)
        if planned.target <= day:
            before = visit.code
    return before


def read_parts(subject: Any, visit: str, sent: QueryDict) -> dict[str, Part]:
    """Split a post into its forms. The moment and the confirmations belong to all of them; each gets its own token."""
    return {oid: Part(Place(subject, visit, oid, NEW), _data_of(oid, sent)) for oid in OIDS}


def _data_of(oid: str, sent: QueryDict) -> QueryDict:
    data = own_data(sent, oid)
    for name in MOMENT:
        data[name] = sent.get(f"{VITALS}-{name}", "")
    if oid == ICANS:
        _read_ice(data, sent)
    data["action"] = "complete" if sent.get("action") == "complete" else "save"
    data["version"] = "0"
    data["token"] = _token(sent.get("token", ""), oid)
    return data


def _token(page: str, oid: str) -> str:
    """Each form has a token of its own, and the same page always the same three: sent twice, saved once."""
    return str(uuid5(NAMESPACE_OID, f"{page}/{oid}")) if page else ""


def _read_ice(data: QueryDict, sent: QueryDict) -> None:
    """Count the ticks; a score that was not assessed is missing with its reason, never 0."""
    state, ticked = sent.get("ice_state", ""), set(sent.getlist("ice"))
    data["ice_state"] = state
    data.setlist("ice", sorted(ticked))
    for name, ticks in ICE_TICKS.items():
        if state == ICE_DONE:
            data[name] = str(sum(code in ticked for code, _label in ticks))
        elif state in MissingReason.Code.values:
            data[f"missing-{name}"] = state


@dataclass
class Typing:
    """The column as it stands in front of a person: one entry per form, and what was said about the whole."""

    subject: Any
    visit: str
    entries: dict[str, Entry]
    sent: QueryDict
    problem: str = ""
    failed: bool = False
    drafted_at: Any = None
    empty: frozenset[str] = field(default_factory=frozenset)

    @property
    def ice_state(self) -> str:
        return str(self.sent.get("ice_state", ""))

    @property
    def ice_ticked(self) -> set[str]:
        return set(self.sent.getlist("ice"))


def open_column(by: User, subject: Any, visit: str, sent: QueryDict, *, check: bool = False) -> Typing:
    """Return the column as typed; `check` runs the edit checks of the forms that were begun."""
    parts = read_parts(subject, visit, sent)
    entries = {oid: open_entry(part.place, by, record=None, typed=part.data) for oid, part in parts.items()}
    empty = frozenset(oid for oid, part in parts.items() if part.is_empty)
    for oid, entry in entries.items():
        if check and oid not in empty:
            entry.is_valid()
    return dressed(Typing(subject, visit, entries, sent, empty=empty))


def dressed(typing: Typing) -> Typing:
    """Give the fields of each form names of their own on the shared page, and what the checks say about them."""
    page = SimpleNamespace(read_only=False, missing_choices=tuple(MissingReason.Code.choices))
    for oid, entry in typing.entries.items():
        form: Any = entry.form
        quiet = oid in typing.empty
        entry.form.flags = {} if quiet else marks(entry, {})
        form.name_under(oid)
        form.page = page
        if quiet:
            # Nothing was typed into this form: it is not asked about, the moment of the column apart.
            form._errors = {name: form.errors[name] for name in MOMENT if name in form.errors and oid == VITALS}
    return typing


def save_column(*, by: User, subject: Any, visit: str, sent: QueryDict) -> list[Saved] | Typing:
    """Save every form of the column that was begun, all or none; the same post again changes nothing.

    Returns what was saved, or the column with its errors. Raises PermissionDenied where the person may not enter.
    """
    parts = {oid: part for oid, part in read_parts(subject, visit, sent).items() if not part.is_empty}
    if not parts:
        return _refused(by, subject, visit, sent, {}, _("Enter at least one value."))
    outcomes: dict[str, Outcome] = {}
    try:
        with transaction.atomic():
            for oid, part in parts.items():
                outcomes[oid] = submit(by=by, place=part.place, data=part.data)
            saved = [outcome for outcome in outcomes.values() if isinstance(outcome, Saved)]
            if len(saved) < len(outcomes):
                transaction.set_rollback(True)
            else:
                _forget_drafts(by, subject, visit, saved)
    except DomainError as refusal:
        return _refused(by, subject, visit, sent, outcomes, str(refusal))
    return saved if len(saved) == len(outcomes) else _refused(by, subject, visit, sent, outcomes)


def _forget_drafts(by: User, subject: Any, visit: str, saved: list[Saved]) -> None:
    """A draft stands under the number its form would get; the post asked for the next free one."""
    for each in saved:
        drafts.discard(by, Place(subject, visit, each.record.crf.oid, each.record.sequence))


def _refused(
    by: User, subject: Any, visit: str, sent: QueryDict, outcomes: dict[str, Outcome], problem: str = ""
) -> Typing:
    typing = open_column(by, subject, visit, sent, check=True)
    for oid, outcome in outcomes.items():
        if isinstance(outcome, Refused):
            typing.entries[oid] = outcome.entry
    typing.problem, typing.failed = problem, True
    return dressed(typing)


def keep_draft(*, by: User, subject: Any, visit: str, sent: QueryDict) -> Any:
    """Keep what is typed as the drafts of its forms, where their own pages find it too; None when nothing was kept."""
    kept = None
    for part in read_parts(subject, visit, sent).values():
        place = _next(part.place)
        if not part.is_empty:
            kept = drafts.keep(by=by, place=place, data=part.data, version=0) or kept
    return kept


def drafted(by: User, subject: Any, visit: str) -> tuple[QueryDict, Any]:
    """Return the drafts of a column as one post, and when the last of them was kept; empty and None without drafts."""
    sent, latest = QueryDict(mutable=True), None
    for oid in OIDS:
        draft = drafts.find(by, _next(Place(subject, visit, oid, NEW)))
        if draft is None:
            continue
        latest = draft.saved_at if latest is None else max(latest, draft.saved_at)
        for name, texts in drafts.typed(draft).lists():
            missing = name.startswith("missing-")
            shared = name.startswith(("confirm-", "explain-")) or name in ("ice", "ice_state")
            inner = f"missing-{oid}-{name.removeprefix('missing-')}" if missing else f"{oid}-{name}"
            sent.setlist(name if shared else inner, texts)
            if name in MOMENT:
                sent.setlist(f"{VITALS}-{name}", texts)
    return sent, latest


def discard_drafts(by: User, subject: Any, visit: str) -> None:
    """Forget the drafts of a column."""
    for oid in OIDS:
        drafts.discard(by, _next(Place(subject, visit, oid, NEW)))


def _next(place: Place) -> Place:
    return Place(place.subject, place.visit, place.oid, place.next_sequence())
