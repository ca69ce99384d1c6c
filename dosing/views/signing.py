"""What the pages of the dose room share where somebody signs: the form with password and code, the act, the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dosing.forms import PasswordForm
from trial_edc.accounts.models import User
from trial_edc.audit.identity import needs_code
from trial_edc.errors import DomainError

#: Called with what was typed (password, second, and the form's other fields by name).
Act = Callable[..., object]
Show = Callable[[PasswordForm], HttpResponse]


def signed(
    request: HttpRequest, user: User, kind: type[PasswordForm], prefix: str, act: Act, *, said: str, to: Any, show: Show
) -> HttpResponse:
    """Read the form, act, and go on to `to`; a refusal shows the page again with the form as it was typed.

    `to` is what `redirect` takes, as one value or as a tuple.
    """
    form = kind(request.POST, prefix=prefix, needs_code=needs_code(user, request.session))
    if form.is_valid():
        typed = {name: value for name, value in form.cleaned_data.items() if name not in ("code", "seen")}
        try:
            act(**typed, second=form.second(request.session))
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, said)
            return redirect(*(to if isinstance(to, tuple) else (to,)))
    return show(form)


def empty(request: HttpRequest, user: User, kind: type[PasswordForm], prefix: str, **initial: Any) -> Any:
    """Return a form to sign with that nobody typed into yet."""
    return kind(initial=initial, prefix=prefix, needs_code=needs_code(user, request.session))
