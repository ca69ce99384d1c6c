"""The forms that ask for a report."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Job
from reports.selectors import TRIAL_WIDE
from trial_edc.accounts.models import Site
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.protocol.partial_dates import DateText, parse_full_date

ALL_SITES = "all"
#: What this form asks for; a meeting pack is asked for at its decision, a casebook at its subject, an export of the
#: trail there.
OFFERED = (Job.Kind.SAFETY, Job.Kind.SERIOUS, Job.Kind.EFFICACY, Job.Kind.KINETICS, Job.Kind.COHORTS, Job.Kind.METRICS)


class AsOfForm(forms.Form):
    """As of which day. The token makes a second click on the button harmless."""

    cutoff = forms.CharField(label=gettext_lazy("Data cut-off"), max_length=40)
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"cutoff": study_date(timezone.localdate()), "token": uuid.uuid4().hex})
        super().__init__(*args, **kwargs)

    def clean_cutoff(self) -> date:
        """Read the date as people type it; the sentence of the refusal says what to enter."""
        try:
            return parse_full_date(self.cleaned_data["cutoff"])
        except DateText as problem:
            raise forms.ValidationError(_(problem.template) % problem.values) from problem


class CasebookForm(AsOfForm):
    """As of which day, and whether with every version of every item."""

    trail = forms.BooleanField(label=gettext_lazy("With the audit trail of every item"), required=False)


class ReportForm(AsOfForm):
    """Which report, as of which day, of which site; the reports of the whole trial only `trial_wide`."""

    kind = forms.ChoiceField(label=gettext_lazy("Report"))
    scope = forms.ChoiceField(label=gettext_lazy("Site"))

    def __init__(
        self, *args: Any, sites: Iterable[Site], all_sites: bool, trial_wide: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.trial_wide = trial_wide
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)
        kinds.choices = [(kind.value, kind.label) for kind in OFFERED if trial_wide or kind not in TRIAL_WIDE]
        self.sites = {site.code: site for site in sites}
        choices = [
            (code, _("Site %(code)s %(name)s") % {"code": code, "name": s.name}) for code, s in self.sites.items()
        ]
        if all_sites and len(choices) != 1:
            choices.insert(0, (ALL_SITES, _("All sites")))
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def site(self) -> Site | None:
        """The chosen site, None for all."""
        return self.sites.get(self.cleaned_data["scope"])
