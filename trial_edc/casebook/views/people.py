"""People: accounts, roles, the delegation log, locked sign-ins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from trial_edc.accounts import services
from trial_edc.accounts.access import may, require, sites_of, today
from trial_edc.accounts.authenticator import people_with_device
from trial_edc.accounts.models import SYSTEM_USER_ID, Delegation, Membership, User, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import note
from trial_edc.casebook import account
from trial_edc.casebook.people_forms import (
    AddUserForm,
    DelegateForm,
    EndForm,
    GrantRoleForm,
    PeopleForm,
    RemoveAuthenticatorForm,
    SwitchOffForm,
)
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Show the people; a post adds one, grants a role or enters a delegation."""
    user = user_from_request(request)
    manages = _require_any(user)
    posted = request.POST.get("action", "") if request.method == "POST" else ""
    forms = _forms(user, manages, posted, request.POST)
    if posted:
        form = next((each for each in forms if each.action == posted), None)
        if form is None:
            raise PermissionDenied(_("Your role does not allow this."))
        if form.is_valid() and carried_out(form, lambda: _SAVE[posted](user, form.cleaned_data)):
            messages.success(request, _("Saved."))
            return redirect("casebook:people")
    context = {
        "heading": _("People"),
        "lead": _("Accounts are switched off, never deleted; every change is in the trail."),
        "forms": forms,
        "manages": manages,
        "locked": services.locked_sign_ins() if manages else [],
        "persons": _persons(user, manages),
        "delegations": _delegations(user, manages),
        "today": today(),
        "failed": bool(posted),
    }
    return render(request, "casebook/people.html", context, status=422 if posted else 200)


def _require_any(user: User) -> bool:
    """Refuse whoever neither manages accounts nor keeps the delegation log; return whether they manage accounts."""
    if not may(user, Permission.MANAGE_USERS):
        require(user, Permission.KEEP_DELEGATION)
        return False
    return True


def _forms(user: User, manages: bool, posted: str, data: Any) -> list[PeopleForm]:
    def bound(kind: type[PeopleForm], **more: Any) -> PeopleForm:
        return kind(data if posted == kind.action else None, **more)

    found = [bound(AddUserForm), bound(GrantRoleForm)] if manages else []
    if may(user, Permission.KEEP_DELEGATION):
        found.append(bound(DelegateForm, sites=sites_of(user, Permission.KEEP_DELEGATION)))
    return found


def carried_out(form: PeopleForm, save: Callable[[], object]) -> bool:
    """Run the service; what it refuses becomes an error of the form, so that nothing typed is lost."""
    try:
        save()
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return False
    return True


def _add_user(by: User, values: dict[str, Any]) -> None:
    with acting(by):
        services.create_user(must_change_password=True, **values)


def _grant_role(by: User, values: dict[str, Any]) -> None:
    with acting(by):
        services.grant_role(**values)


def _delegate(by: User, values: dict[str, Any]) -> None:
    require(by, Permission.KEEP_DELEGATION, values["site"])
    with acting(by):
        services.delegate(by=by, **values)


_SAVE: dict[str, Callable[[User, dict[str, Any]], None]] = {
    AddUserForm.action: _add_user,
    GrantRoleForm.action: _grant_role,
    DelegateForm.action: _delegate,
}


def _persons(user: User, manages: bool) -> list[dict[str, Any]]:
    """Return the people with their roles; someone who only delegates sees those of their own sites."""
    found = User.objects.exclude(pk=SYSTEM_USER_ID).prefetch_related("memberships__site").order_by("full_name")
    if not manages:
        sites = sites_of(user, Permission.KEEP_DELEGATION)
        found = found.filter(memberships__site__in=sites).distinct()
    signed_in, with_device = services.last_sign_ins(), people_with_device()
    return [
        {
            "user": each,
            "memberships": sorted(each.memberships.all(), key=_newest),
            "signed_in_at": signed_in.get(each.username.casefold()),
            "has_device": each.pk in with_device,
        }
        for each in found
    ]


def _newest(membership: Membership) -> tuple[bool, int]:
    ended = membership.end_date is not None and membership.end_date < today()
    return ended, -membership.start_date.toordinal()


def _delegations(user: User, manages: bool) -> list[dict[str, Any]]:
    log = Delegation.objects.select_related("user", "site", "delegated_by").order_by("-start_date", "user__full_name")
    own = set(sites_of(user, Permission.KEEP_DELEGATION).values_list("pk", flat=True))
    if not manages:
        log = log.filter(site__in=own)
    return [{"line": line, "may_end": line.site_id in own} for line in log]


@require_http_methods(["GET", "POST"])
def end_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the last day of a role, then set it."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_USERS)
    membership = get_object_or_404(Membership.objects.select_related("user", "site"), pk=pk)
    form = EndForm(request.POST or None)

    def save() -> None:
        with acting(user, form.cleaned_data["reason"]):
            services.end_membership(membership=membership, end_date=form.cleaned_data["end_date"])

    what = _("%(person)s as %(role)s, %(site)s") % {
        "person": membership.user.full_name,
        "role": membership.get_role_display(),
        "site": membership.site or _("all sites"),
    }
    return confirmed(request, form, save, heading=_("End a role"), what=what)


@require_http_methods(["GET", "POST"])
def end_delegation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the last day of a delegation, then set it; only the principal investigator of the site may."""
    user = user_from_request(request)
    require(user, Permission.KEEP_DELEGATION)
    line = get_object_or_404(Delegation.objects.select_related("user", "site"), pk=pk)
    require(user, Permission.KEEP_DELEGATION, line.site)
    form = EndForm(request.POST or None)

    def save() -> None:
        with acting(user, form.cleaned_data["reason"]):
            services.end_delegation(delegation=line, end_date=form.cleaned_data["end_date"])

    what = f"{line.user.full_name}, {line.get_task_display()}, {line.site}"
    return confirmed(request, form, save, heading=_("End a delegation"), what=what)


@require_http_methods(["GET", "POST"])
def switch_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask why an account is taken out of use, then do it; its open sessions end with it."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_USERS)
    person = get_object_or_404(User, pk=pk)
    form = SwitchOffForm(request.POST or None)

    def save() -> None:
        with acting(user, form.cleaned_data["reason"]):
            services.switch_off(by=user, user=person)

    what = _("%(person)s (%(name)s) can then no longer sign in. What they entered stays theirs.") % {
        "person": person.full_name,
        "name": person.username,
    }
    return confirmed(request, form, save, heading=_("Switch off an account"), what=what)


@require_http_methods(["GET", "POST"])
def remove_authenticator(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask why, then remove the authenticator of someone who lost it; their open sessions end."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_USERS)
    person = get_object_or_404(User, pk=pk)
    form = RemoveAuthenticatorForm(request.POST or None)

    def save() -> None:
        account.remove_authenticator(by=user, user=person, reason=form.cleaned_data["reason"])

    what = _("%(person)s (%(name)s) then signs in with the password alone and sets up another authenticator.") % {
        "person": person.full_name,
        "name": person.username,
    }
    return confirmed(request, form, save, heading=_("Remove an authenticator"), what=what)


def confirmed(
    request: HttpRequest,
    form: PeopleForm,
    save: Callable[[], None],
    *,
    heading: str,
    what: str,
    to: str = "casebook:people",
) -> HttpResponse:
    """Show what is about to be done and its form; a post that holds does it and leads on."""
    posted = request.method == "POST"
    if posted and form.is_valid() and carried_out(form, save):
        messages.success(request, _("Saved."))
        return redirect(to)
    context = {
        "heading": heading,
        "crumbs": [{"label": _("People"), "url": reverse("casebook:people")}, {"label": heading}],
        "what": what,
        "form": form,
        "failed": posted,
    }
    return render(request, "casebook/people_confirm.html", context, status=422 if posted else 200)


@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Let a locked user name try again; noted with the name."""
    user = user_from_request(request)
    require(user, Permission.MANAGE_USERS)
    name = request.POST.get("username", "")[:255]
    if services.unlock(username=name):
        note(user, "sign-in unlocked", name)
        messages.success(request, _("%(name)s can sign in again.") % {"name": name})
    return redirect("casebook:people")
