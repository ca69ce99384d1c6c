"""The person's own account: who they are, where they are signed in, password and authenticator."""

from __future__ import annotations

from typing import Any

from axes.models import AccessLog
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trial_edc.accounts.authenticator import (
    device_of,
    key_picture,
    key_text,
    recovery_codes_left,
    unconfirmed_device,
)
from trial_edc.accounts.models import User, user_from_request
from trial_edc.accounts.sessions import open_sessions
from trial_edc.casebook import account as services
from trial_edc.casebook.account_forms import BeginForm, ConfirmForm, PasswordChangeForm, TakeOffForm
from trial_edc.casebook.people_forms import PeopleForm
from trial_edc.errors import DomainError

SIGN_INS_SHOWN = 10


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show what the product knows about the person who is signed in."""
    user = user_from_request(request)
    sign_ins = AccessLog.objects.filter(username__iexact=user.username).order_by("-attempt_time")
    context = {
        "heading": _("Your account"),
        "lead": f"{user.full_name} · {user.username}",
        "memberships": user.memberships.select_related("site").order_by("-start_date"),
        "delegations": user.delegations.select_related("site", "delegated_by").order_by("-start_date"),
        "trainings": user.trainings.select_related("recorded_by").order_by("topic", "-completed_date"),
        "sign_ins": sign_ins[:SIGN_INS_SHOWN],
        "sessions": open_sessions(user),
        "this_session": request.session.session_key,
        "device": device_of(user),
        "codes_left": recovery_codes_left(user),
        "may_take_off": services.may_take_off(user),
    }
    return render(request, "casebook/account.html", context)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End the person's sessions in other browsers."""
    user = user_from_request(request)
    ended = services.end_other_sessions(by=user, keep=request.session.session_key)
    words = ngettext("%(count)s other session ended.", "%(count)s other sessions ended.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("casebook:account")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Ask for the old password and the new one twice; the other sessions end with the old one."""
    user = user_from_request(request)
    form = PasswordChangeForm(request.POST or None)
    lead = _("Your first password was chosen by someone else. Choose your own to go on.")
    if request.method == "POST" and form.is_valid():
        try:
            old, new = form.cleaned_data["old_password"], form.cleaned_data["new_password"]
            services.change_password(by=user, old=old, new=new)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            update_session_auth_hash(request, user)
            services.end_other_sessions(by=user, keep=request.session.session_key)
            messages.success(request, _("Your password is changed. Sessions in other browsers have ended."))
            return redirect("casebook:account")
    forced = user.must_change_password
    return _ask(request, form, heading=_("Change your password"), lead=lead if forced else "", leave=not forced)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """Set an authenticator up: password, picture of the key, first code, recovery codes."""
    user = user_from_request(request)
    if device_of(user) is not None:
        messages.info(request, _("An authenticator is set up already."))
        return redirect("casebook:account")
    posted = request.POST.get("action", "")
    if posted == ConfirmForm.action:
        return _confirm(request, user)
    form = BeginForm(request.POST if posted == BeginForm.action else None)
    if form.is_valid():
        try:
            services.begin_authenticator(by=user, password=form.cleaned_data["password"])
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _show_key(request, user, ConfirmForm())
    lead = _("An application on your phone then gives a code that is asked for with the password.")
    return _ask(request, form, heading=_("Set up an authenticator"), lead=lead)


def _confirm(request: HttpRequest, user: User) -> HttpResponse:
    if unconfirmed_device(user) is None:
        return redirect("casebook:account-authenticator")
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            codes = services.confirm_authenticator(by=user, code=form.cleaned_data["code"])
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return render(request, "casebook/recovery_codes.html", _frame(_("Recovery codes")) | {"codes": codes})
    return _show_key(request, user, form)


def _show_key(request: HttpRequest, user: User, form: ConfirmForm) -> HttpResponse:
    device = unconfirmed_device(user)
    if device is None:
        return redirect("casebook:account-authenticator")
    context = _frame(_("Set up an authenticator")) | {
        "form": form,
        "picture": key_picture(device),
        "key": key_text(device),
        "failed": form.is_bound,
    }
    return render(request, "casebook/authenticator.html", context, status=422 if form.is_bound else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def take_off(request: HttpRequest) -> HttpResponse:
    """Take the authenticator off, with the password and a code."""
    user = user_from_request(request)
    if device_of(user) is None:
        return redirect("casebook:account")
    form = TakeOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.take_off_authenticator(by=user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The authenticator is taken off."))
            return redirect("casebook:account")
    return _ask(request, form, heading=_("Take the authenticator off"))


def _ask(request: HttpRequest, form: PeopleForm, *, heading: str, lead: str = "", leave: bool = True) -> HttpResponse:
    failed = form.is_bound
    context = _frame(heading) | {"lead": lead, "form": form, "leave": leave, "failed": failed}
    return render(request, "casebook/account_form.html", context, status=422 if failed else 200)


def _frame(heading: str) -> dict[str, Any]:
    crumbs = [{"label": _("Your account"), "url": reverse("casebook:account")}, {"label": heading}]
    return {"heading": heading, "crumbs": crumbs}
