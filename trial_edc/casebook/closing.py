"""Freeze, lock and reopen: a visit, a subject, the study. A lock is lifted by two people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_edc.accounts.access import may, require
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.casebook.obstacles import Obstacle, Scope, obstacles, scope_of
from trial_edc.casebook.selectors.facts import FormRecord
from trial_edc.crf import registry
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError
from trial_edc.review.models import Closure, UnlockRequest

if TYPE_CHECKING:
    from trial_edc.casebook.place import Place

SHORTEST_REASON = 3


def closure_at(subject: Any, visit: str) -> Closure | None:
    """Return what closes a visit of a subject: its own closure, the subject's, or the study's."""
    places = Q(subject=subject, visit__in=("", visit)) | Q(subject=None)
    return Closure.objects.filter(places).order_by("subject", "visit").first()


IS_CLOSED = "EXISTS (SELECT FROM review_closure WHERE subject_id IS NULL OR (subject_id = %s AND visit IN ('', %s)))"


def refuse_closed(subject: Any, visit: str) -> None:
    """Raise DomainError when nothing may be added to a visit of a subject any more."""
    # As SQL: every new form comes by here, and almost always finds the visit open.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {IS_CLOSED}", [str(subject.pk), visit])
        is_closed = cursor.fetchone()[0]
    if is_closed:
        raise _closed(subject, visit)


def free_sequence(place: Place) -> int:
    """Return the first number that is free at an open visit, in one statement; DomainError where it is closed."""
    table = connection.ops.quote_name(place.model._meta.db_table)
    here = [str(place.subject.pk), place.visit]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {IS_CLOSED}, (SELECT coalesce(max(sequence), 0) + 1 FROM {table}"
            " WHERE subject_id = %s AND visit = %s)",
            [*here, *here],
        )
        is_closed, sequence = cursor.fetchone()
    if is_closed:
        raise _closed(place.subject, place.visit)
    return int(sequence)


def _closed(subject: Any, visit: str) -> DomainError:
    closure = closure_at(subject, visit)
    words = {"state": closure.get_state_display().lower() if closure else ""}
    if closure is not None and closure.subject_id is None:
        return DomainError(_("The study is %(state)s; nothing can be entered.") % words)
    if closure is not None and not closure.visit:
        return DomainError(_("The casebook of this subject is %(state)s; nothing can be entered.") % words)
    return DomainError(_("This visit is %(state)s; nothing can be entered.") % words)


def refuse_locked_study() -> None:
    """Raise DomainError when the whole study is locked."""
    if Closure.objects.filter(subject=None).exists():
        raise DomainError(_("The study is locked. It has to be unlocked first."))


def freeze(*, by: User, subject: Any, visit: str = "") -> int:
    """Freeze every form of a visit or subject against changes; return how many. Refused while something is open."""
    require(by, Permission.CLOSE_DATA, subject.site)
    with acting(by):
        scope = _locked_scope(subject, visit)
        _refuse_obstacles(obstacles(scope, to=Closure.State.FROZEN))
        count = _move(scope.records(), {FormStatus.COMPLETE}, FormStatus.FROZEN)
        _close(subject, visit, Closure.State.FROZEN, by)
    return count


def lock(*, by: User, subject: Any, visit: str = "") -> int:
    """Lock what is frozen and signed; return how many forms. Only two people together can undo it."""
    require(by, Permission.CLOSE_DATA, subject.site)
    with acting(by):
        scope = _locked_scope(subject, visit)
        if _own(subject, visit) is None:
            raise DomainError(_("Freeze it first, then lock it."))
        _refuse_obstacles(obstacles(scope, to=Closure.State.LOCKED))
        count = _move(scope.records(), {FormStatus.FROZEN}, FormStatus.LOCKED)
        _close(subject, visit, Closure.State.LOCKED, by)
    return count


def unfreeze(*, by: User, subject: Any, visit: str = "", reason: str) -> int:
    """Open what is frozen again, for a reason; return how many forms."""
    require(by, Permission.CLOSE_DATA, subject.site)
    with acting(by, _reason(reason)):
        scope = _locked_scope(subject, visit)
        own = _own(subject, visit)
        if own is None or own.state != Closure.State.FROZEN:
            raise DomainError(_("This is not frozen. Reload the page."))
        return _reopen(scope)


def open_subjects() -> list[Any]:
    """Return the subjects whose casebook is not locked: what keeps the study from being locked."""
    locked = Closure.objects.filter(visit="", state=Closure.State.LOCKED, subject__isnull=False)
    subjects = registry.subject_model().objects.exclude(pk__in=locked.values("subject"))
    return list(subjects.order_by("identifier"))


def lock_study(*, by: User) -> None:
    """Lock the study once every casebook is locked: no subject, visit or form is added after that."""
    require(by, Permission.CLOSE_DATA)
    with acting(by):
        still_open = open_subjects()
        if still_open:
            sentence = ngettext(
                "The casebook of %(first)s is not locked.", "%(count)s casebooks are not locked; the first: %(first)s.",
                len(still_open),
            )  # fmt: skip
            raise DomainError(sentence % {"count": len(still_open), "first": still_open[0].identifier})
        _close(None, "", Closure.State.LOCKED, by)


def request_unlock(*, by: User, subject: Any | None, visit: str = "", reason: str) -> UnlockRequest:
    """Ask for what is locked (a visit, a subject, or with no subject the study) to be opened; somebody else decides."""
    site = subject.site if subject else None
    if not (may(by, Permission.CLOSE_DATA, site) or may(by, Permission.ENTER_DATA, site)):
        raise PermissionDenied(_("Your role does not allow this."))
    with acting(by, _reason(reason)):
        if subject is not None:
            _locked_scope(subject, visit)
        own = _own(subject, visit)
        if own is None or own.state != Closure.State.LOCKED:
            raise DomainError(_("This is not locked. Reload the page."))
        if UnlockRequest.objects.filter(subject=subject, visit=visit, granted=None).exists():
            raise DomainError(_("A request to unlock this waits for a decision already."))
        return UnlockRequest.objects.create(
            subject=subject, visit=visit, reason=_reason(reason), requested_at=timezone.now(), requested_by=by
        )


def may_decide_unlock(by: User, site: Any) -> bool:
    """Test whether a person may let a lock be lifted: a data manager, or whoever signs the site's data."""
    return may(by, Permission.CLOSE_DATA, site) or may(by, Permission.SIGN_DATA, site)


def decide_unlock(*, by: User, request: UnlockRequest, grant: bool) -> int:
    """Grant or refuse a request to unlock; whoever asked cannot decide. Return how many forms were opened."""
    subject = request.subject
    if not may_decide_unlock(by, subject.site if subject else None):
        raise PermissionDenied(_("Your role does not allow this."))
    if request.requested_by_id == by.pk:
        raise DomainError(_("You asked for this yourself; another person decides."))
    with acting(by, request.reason):
        locked = UnlockRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if locked.granted is not None:
            raise DomainError(_("This request was decided already."))
        locked.granted, locked.decided_at, locked.decided_by = grant, timezone.now(), by
        locked.save(update_fields=["granted", "decided_at", "decided_by"])
        if not grant:
            return 0
        if subject is None:
            Closure.objects.filter(subject=None).delete()
            return 0
        return _reopen(_locked_scope(subject, request.visit))


def _reason(text: str) -> str:
    words = text.strip()
    if sum(character.isalnum() for character in words) < SHORTEST_REASON:
        raise DomainError(_("Give the reason in at least 3 characters."), field="reason")
    if len(words) > 500:
        raise DomainError(_("The reason is longer than 500 characters."), field="reason")
    return words


def _locked_scope(subject: Any, visit: str) -> Scope:
    locked = registry.subject_model().objects.select_related("site").select_for_update(of=("self",)).get(pk=subject.pk)
    refuse_locked_study()
    if visit and (whole := _own(locked, "")) is not None:
        raise DomainError(_("The whole casebook is %(state)s.") % {"state": whole.get_state_display().lower()})
    return scope_of(locked, visit)


def _own(subject: Any, visit: str) -> Closure | None:
    return Closure.objects.filter(subject=subject, visit=visit).first()


def _refuse_obstacles(found: list[Obstacle]) -> None:
    if found:
        sentence = ngettext(
            "%(count)s point is open: %(first)s.", "%(count)s points are open; the first: %(first)s.", len(found)
        )
        raise DomainError(sentence % {"count": len(found), "first": f"{found[0].visit}, {found[0].words}"})


def _move(records: Iterable[FormRecord], states: set[str], to: str) -> int:
    """Give forms another state; the database writes each into the trail."""
    by_oid: dict[str, list[Any]] = {}
    for record in records:
        if record.state in states:
            by_oid.setdefault(record.oid, []).append(record.pk)
    for oid, pks in by_oid.items():
        model: Any = registry.get(oid)
        model.objects.filter(pk__in=pks).update(status=to)
    return sum(len(pks) for pks in by_oid.values())


def _close(subject: Any, visit: str, state: str, by: User) -> None:
    if subject is not None and not visit:
        Closure.objects.filter(subject=subject).exclude(visit="").delete()
    closure = _own(subject, visit) or Closure(subject=subject, visit=visit)
    closure.state, closure.closed_at, closure.closed_by = state, timezone.now(), by
    closure.save()


def _reopen(scope: Scope) -> int:
    Closure.objects.filter(subject=scope.subject, visit=scope.visit).delete()
    return _move(scope.records(), {FormStatus.FROZEN, FormStatus.LOCKED}, FormStatus.COMPLETE)
