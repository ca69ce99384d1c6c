"""Forms about normal ranges: a new one, the last day of one. They validate; the services save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safety.models import NormalRange
from safety.models.laboratory import Unit
from safety.models.normal_range import ANALYTE_CHOICES
from trial_edc.accounts.models import Site
from trial_edc.casebook.people_forms import DayField, PeopleForm

OLDEST = 120


def _limit(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, max_digits=12, decimal_places=4, min_value=0)


def _age(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=OLDEST)


class AddRangeForm(PeopleForm):
    """A normal range of one analyte at one site."""

    action, title, button = "add-range", _("Add a normal range"), _("Add range")
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    analyte = forms.ChoiceField(label=_("Analyte"), choices=[("", _("Choose")), *ANALYTE_CHOICES])
    unit = forms.ChoiceField(label=_("Unit"), choices=[("", _("Choose")), *Unit.choices])
    low = _limit(_("Lower limit"))
    high = _limit(_("Upper limit"))
    sex = forms.ChoiceField(label=_("Sex"), choices=NormalRange.Sex.choices, required=False)
    age_from = _age(_("Age from"))
    age_to = _age(_("Age to"))
    valid_from = DayField(label=_("In force from"))
    valid_to = DayField(label=_("In force until"), required=False, help_text=_("Empty: until further notice."))
    source = forms.CharField(
        label=_("Source"), max_length=200, min_length=3, help_text=_("Document of the laboratory, with its date.")
    )

    def __init__(self, *args: Any, sites: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]  # a model choice


class CloseRangeForm(PeopleForm):
    """The last day of a range, and why."""

    action, button = "close-range", _("Close this range")
    end_date = DayField(label=_("Last day in force"))
    reason = forms.CharField(label=_("Reason"), max_length=200, min_length=3)
