"""Forms about the person's own account. They validate; the services save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.casebook.people_forms import PeopleForm


def _password(label: Any, kind: str = "current-password", help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": kind})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, help_text=help_text)


def _code(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=20, widget=widget)


class PasswordChangeForm(PeopleForm):
    """The present password, and the new one twice."""

    action, button = "password", gettext_lazy("Change the password")
    old_password = _password(gettext_lazy("Present password"))
    new_password = _password(gettext_lazy("New password"), "new-password", gettext_lazy("At least 12 characters."))
    repeated = _password(gettext_lazy("New password again"), "new-password")

    def clean_repeated(self) -> str:
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("new_password", repeated):
            raise ValidationError(_("The two new passwords differ."))
        return repeated


class BeginForm(PeopleForm):
    """The password, before a key is shown."""

    action, button = "begin", gettext_lazy("Show the key")
    password = _password(gettext_lazy("Your password"))


class ConfirmForm(PeopleForm):
    """The first code of the application."""

    action, button = "confirm", gettext_lazy("Set up")
    code = _code(gettext_lazy("Code of six digits"))


class TakeOffForm(PeopleForm):
    """Both components, before the authenticator is taken off."""

    action, button = "take-off", gettext_lazy("Take the authenticator off")
    password = _password(gettext_lazy("Your password"))
    code = _code(gettext_lazy("Code, or a recovery code"))
