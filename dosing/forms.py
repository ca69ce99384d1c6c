"""What people type on the pages of dosing; forms validate and never save."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.models import DltAdjudication, DoseDecision, ExplicitChoice
from dosing.models.dose_decision import ACTION_WORDS
from dosing.rules.three_plus_three import Action
from dosing.services.decisions import Meeting
from dosing.services.rp2d import Rp2dProposal
from trial_edc.audit.identity import Second
from trial_edc.errors import DomainError
from trial_edc.protocol.dose_levels import DOSE_LEVELS
from trial_edc.protocol.partial_dates import DateText, parse_full_date


def _text(label: Any, rows: int, length: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, required=required, help_text=help_text, widget=widget)


def _full_date(text: str) -> date:
    try:
        return parse_full_date(text)
    except DateText as wrong:
        raise forms.ValidationError(_(wrong.template) % wrong.values) from None


class SpokenForm(forms.Form):
    """A form that can show a refusal of the trial's rules at its field."""

    def refuse(self, refusal: DomainError) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


class MeetingForm(SpokenForm):
    """The meeting of the committee and its choice."""

    seen = forms.CharField(widget=forms.HiddenInput)
    meeting_date = forms.CharField(label=gettext_lazy("Date of the meeting"), help_text="dd-MMM-yyyy", max_length=20)
    attendees = _text(gettext_lazy("Attendees"), 2, 2000, help_text=gettext_lazy("Name and role of everyone present"))
    minutes = _text(gettext_lazy("Minutes"), 5, 8000)
    choice = forms.ChoiceField(
        label=gettext_lazy("Decision of the committee"), choices=DoseDecision.Choice.choices, widget=forms.RadioSelect
    )
    chosen_action = forms.ChoiceField(
        label=gettext_lazy("Decided instead"), required=False,
        help_text=gettext_lazy("Only decisions more conservative than the recommendation are offered"),
    )  # fmt: skip
    choice_reason = _text(
        gettext_lazy("Reason for deciding otherwise"), 2, 2000, required=False,
    )  # fmt: skip

    def __init__(
        self, *args: Any, choices: Sequence[DoseDecision.Choice], offered: Sequence[Action], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        actions = [("", "—"), *((action.value, ACTION_WORDS[action]) for action in offered)]
        self.fields["chosen_action"].choices = actions  # type: ignore[attr-defined]  # by name
        self.fields["choice"].choices = [(each.value, each.label) for each in choices]  # type: ignore[attr-defined]  # by name
        if DoseDecision.Choice.RULING in choices:
            self.fields["chosen_action"].label = _("Ruling of the committee")
            self.fields["chosen_action"].help_text = _("Offered is what the shares 1/6 and 1/3 permit, and to hold")
            self.fields["choice_reason"].label = _("Reason for the ruling")
        if not offered:
            del self.fields["chosen_action"], self.fields["choice_reason"]

    def clean_meeting_date(self) -> date:
        return _full_date(self.cleaned_data["meeting_date"])

    def meeting(self) -> Meeting:
        """Return the meeting as the service takes it."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Meeting(**values)


class Rp2dForm(SpokenForm):
    """The committee's choice of the dose for the expansion; doses above the MTD are not offered."""

    level = forms.TypedChoiceField(
        label=gettext_lazy("Recommended phase 2 dose"), coerce=int, choices=(), widget=forms.RadioSelect,
    )  # fmt: skip
    reason = _text(
        gettext_lazy("Reason"), 3, 4000,
        help_text=gettext_lazy("DLTs, kinetics, efficacy and what else was weighed; why not the MTD, if it is not"),
    )  # fmt: skip
    meeting_date = forms.CharField(label=gettext_lazy("Date of the meeting"), help_text="dd-MMM-yyyy", max_length=20)
    attendees = _text(gettext_lazy("Attendees"), 2, 2000, help_text=gettext_lazy("Name and role of everyone present"))

    def __init__(self, *args: Any, mtd_level: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(d.number, f"{d.short_label}: {d.label}") for d in DOSE_LEVELS if d.number <= mtd_level]
        self.fields["level"].choices = offered  # type: ignore[attr-defined]  # by name

    def clean_meeting_date(self) -> date:
        return _full_date(self.cleaned_data["meeting_date"])

    def proposal(self) -> Rp2dProposal:
        """Return the choice as the service takes it."""
        return Rp2dProposal(**self.cleaned_data)


class PasswordForm(SpokenForm):
    """The password, entered again for a signature; at the first one of a session with the code, if there is one."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of your authenticator"),
        max_length=20,
        help_text=gettext_lazy("Asked for at your first signature after signing in"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, needs_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]

    def second(self, session: MutableMapping[str, Any]) -> Second:
        """Return what was given beside the password, as the services take it."""
        return Second(self.cleaned_data.get("code", ""), session)


class StaggerForm(PasswordForm):
    """A physician's reason for an earlier infusion."""

    reason = _text(gettext_lazy("Reason for the earlier infusion"), 2, 1000)
    field_order = ("reason", "password", "code")


class PauseForm(PasswordForm):
    """Why the trial may go on after a pause."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=100)
    reason = _text(gettext_lazy("Why the trial may go on"), 2, 4000)
    field_order = ("key", "reason", "password", "code")


class ChoiceForm(PasswordForm):
    """The answer to an explicit question, with its reason."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=120)
    option = forms.ChoiceField(
        label=gettext_lazy("Choice"), choices=ExplicitChoice.Option.choices, widget=forms.RadioSelect
    )
    reason = _text(gettext_lazy("Reason"), 3, 4000)
    field_order = ("key", "option", "reason", "password", "code")

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Show these answers; whether one may be given is the service's to say."""
        self.fields["option"].choices = list(options)  # type: ignore[attr-defined]  # by name


class AsideForm(SpokenForm):
    """Why a choice is taken back."""

    reason = _text(gettext_lazy("Why it is set aside"), 2, 1000)


class PlaceForm(SpokenForm):
    """Why a place, or a reservation, is given back."""

    reason = _text(gettext_lazy("Reason"), 2, 1000)


class CharacteristicsForm(SpokenForm):
    """True DLT probabilities to work with, one per dose level, and how many cohorts the tree looks ahead."""

    cohorts = forms.TypedChoiceField(
        label=gettext_lazy("Tree: cohorts ahead"), coerce=int, choices=[(n, str(n)) for n in (1, 2, 3)],
        required=False, widget=forms.Select(attrs={"class": "form-select"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for level in DOSE_LEVELS:
            label = _("%(level)s, true DLT probability") % {"level": level.short_label}
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "form-control"})
            self.fields[f"p{level.number}"] = ProbabilityField(label=label, widget=widget)
        self.order_fields([*(f"p{level.number}" for level in DOSE_LEVELS), "cohorts"])

    @property
    def probabilities(self) -> tuple[Decimal, ...]:
        """The probabilities, lowest level first."""
        return tuple(self.cleaned_data[f"p{level.number}"] for level in DOSE_LEVELS)


class ProbabilityField(forms.DecimalField):
    """A number from 0 to 1 with up to four decimals; a comma for the point is understood."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=Decimal(0), max_value=Decimal(1), max_digits=5, decimal_places=4, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class AdjudicationForm(SpokenForm):
    """A physician's verdict on one event."""

    seen = forms.CharField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"), choices=DltAdjudication.Verdict.choices, widget=forms.RadioSelect
    )
    rationale = _text(gettext_lazy("Rationale"), 4, 2000)
