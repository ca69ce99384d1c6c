"""Sign-in: the name in any capitalisation, one sentence for every kind of failure."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Django's sign-in form in the product's words; it never says whether a name exists."""

    error_messages = {
        "invalid_login": _(
            "User name and password do not match. After five attempts the account is locked for a while."
        ),
        "inactive": _("User name and password do not match. After five attempts the account is locked for a while."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
