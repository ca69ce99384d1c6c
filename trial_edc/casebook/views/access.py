"""Find what an address names, and refuse whoever may not see it: the first line of every view."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from trial_edc.accounts.access import may, memberships, require
from trial_edc.accounts.middleware import BACKGROUND
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.signatures import note
from trial_edc.casebook.place import Place
from trial_edc.crf import registry
from trial_edc.errors import DomainError
from trial_edc.protocol.visits.unscheduled import FIRST

WATCHED = ("monitor", "inspector")


def subject_for(request: HttpRequest, identifier: str) -> tuple[User, Any]:
    """Return the signed-in person and the subject they may read; 404 for a subject of a site that is not theirs."""
    user = user_from_request(request)
    require(user, Permission.VIEW_SUBJECTS)
    subject = registry.subject_model().objects.select_related("site").filter(identifier=identifier).first()
    if subject is None or not may(user, Permission.VIEW_SUBJECTS, subject.site):
        raise Http404("no such subject")
    note_reading(request, user)
    return user, subject


def note_reading(request: HttpRequest, user: User, path: str = "") -> None:
    """Note that somebody who is watched reads a page, or what stands at `path`; posts and polls are no reading."""
    if request.method == "GET" and watched(user) and BACKGROUND not in request.headers:
        note(user, "read", path or request.path)


def watched(user: User) -> bool:
    """Test whether what a person reads is noted: monitors and inspectors, who see other people's source data."""
    return any(member.role in WATCHED for member in memberships(user))


def place_for(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> tuple[User, Place]:
    """Return the signed-in person and the place of a form that the protocol collects; 404 otherwise."""
    user, subject = subject_for(request, identifier)
    place = Place(subject, visit, oid, sequence)
    try:
        place.require_planned()
        if visit == FIRST:
            place.require_added()
    except DomainError as problem:
        raise Http404(str(problem)) from None
    return user, place


def record_for(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> tuple[User, Place, Any]:
    """Return person, place and the saved form there; 404 while nothing is saved."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    record = place.find()
    if record is None:
        raise Http404("nothing is saved here")
    return user, place, record


def is_fragment(request: HttpRequest) -> bool:
    """Test whether a page asked for a part of itself."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers
