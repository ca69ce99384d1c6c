"""What the previous assessment said, for the dialog that copies from it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from trial_edc.accounts.access import require
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.copying import offer, previous, title_of
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.status import casebook
from trial_edc.casebook.views.access import place_for


@require_GET
def copy_offer(request: HttpRequest, identifier: str, visit: str, oid: str, sequence: int) -> HttpResponse:
    """Answer with the values of the previous assessment, a tick at each; nothing is written."""
    user, place = place_for(request, identifier, visit, oid, sequence)
    require(user, Permission.ENTER_DATA, place.subject.site)
    found = previous(casebook(place.subject), place)
    if found is None:
        raise Http404("there is no previous assessment")
    there = Place(place.subject, found.visit, found.oid, found.sequence)
    record = there.find()
    context = {"title": title_of(found), "url": there.url, "offered": offer(record, user, place)}
    return render(request, "casebook/_copy_offer.html", context)
