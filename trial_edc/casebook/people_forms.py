"""Forms about people: a new account, a role, a delegation, an end. They validate; the services save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.accounts.models import SYSTEM_USER_ID, Site, Training, User
from trial_edc.accounts.roles import ROLE_CHOICES, TASK_CHOICES
from trial_edc.protocol.partial_dates import DateText, parse_full_date


class DayField(forms.Field):
    """A complete date in any of the usual spellings."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": 20, "placeholder": "05-Nov-2026"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return parse_full_date(str(value))
        except DateText as problem:
            raise ValidationError(_(problem.template) % problem.values) from None


class PeopleForm(forms.Form):
    """Looks like every other form: one class on every control, errors tied to it."""

    action = ""
    title: Any = ""
    button: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"{self.action}-%s"
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = _look(field.widget)


def _look(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def active_people() -> Any:
    """Return the people who can be given something to do."""
    return User.objects.filter(is_active=True).exclude(pk=SYSTEM_USER_ID).order_by("full_name")


class AddUserForm(PeopleForm):
    """A new account."""

    action, title, button = "add-user", gettext_lazy("Add a person"), gettext_lazy("Add person")
    full_name = forms.CharField(label=gettext_lazy("Printed name"), max_length=120)
    username = forms.CharField(label=gettext_lazy("User name"), max_length=60)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), required=False,
        help_text=gettext_lazy("For notices; they never hold a clinical value."),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters; hand it over in person."),
    )


class GrantRoleForm(PeopleForm):
    """A role for a person, at one site or all, with dates."""

    action, title, button = "grant-role", gettext_lazy("Grant a role"), gettext_lazy("Grant role")
    user = forms.ModelChoiceField(label=gettext_lazy("Person"), queryset=User.objects.none())
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLE_CHOICES)
    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=Site.objects.all(), required=False, empty_label=gettext_lazy("All sites")
    )
    start_date = DayField(label=gettext_lazy("From"))
    end_date = DayField(label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: without end."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = active_people()  # type: ignore[attr-defined]  # a model choice


class DelegateForm(PeopleForm):
    """A line of the delegation log, for someone who works at the site."""

    action, title, button = "delegate", gettext_lazy("Delegate a task"), gettext_lazy("Enter in the delegation log")
    user = forms.ModelChoiceField(label=gettext_lazy("Person"), queryset=User.objects.none())
    site = forms.ModelChoiceField(label=gettext_lazy("Site"), queryset=Site.objects.none())
    task = forms.ChoiceField(label=gettext_lazy("Task"), choices=TASK_CHOICES)
    start_date = DayField(label=gettext_lazy("From"))
    end_date = DayField(label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty: without end."))

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at_site = active_people().filter(memberships__site__in=sites).distinct()
        self.fields["user"].queryset = at_site  # type: ignore[attr-defined]  # a model choice
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]


class TrainingForm(PeopleForm):
    """A training session: what it was about, when, until when it holds, who took part."""

    action, title, button = "record-training", gettext_lazy("Record a training"), gettext_lazy("Record training")
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"), choices=Training.Topic.choices, widget=forms.CheckboxSelectMultiple
    )
    completed_date = DayField(label=gettext_lazy("Completed"))
    expiry_date = DayField(
        label=gettext_lazy("Valid until"), required=False, help_text=gettext_lazy("Empty: without end.")
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = active_people()  # type: ignore[attr-defined]  # a model choice


class EndForm(PeopleForm):
    """The last day of a role or a delegation, and why."""

    action, button = "end", gettext_lazy("Set the last day")
    end_date = DayField(label=gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, min_length=3)


class SwitchOffForm(PeopleForm):
    """Why an account is taken out of use."""

    action, button = "switch-off", gettext_lazy("Switch off this account")
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, min_length=3)


class RemoveAuthenticatorForm(PeopleForm):
    """Why the authenticator of someone is removed: lost, stolen, replaced."""

    action, button = "remove-authenticator", gettext_lazy("Remove the authenticator")
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, min_length=3)
