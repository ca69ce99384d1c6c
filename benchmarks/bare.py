"""The page Django gives away: a ModelForm of the same items, saved inside `acting` so that the database takes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from benchmarks.cast import NEUROLOGY
from safety.models import IcansAssessment
from trial_edc.accounts.models import user_from_request
from trial_edc.audit.context import acting


class BareForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Django's own fields and widgets for the twenty items."""

    class Meta:
        model = IcansAssessment
        fields = list(NEUROLOGY)


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the form, or save it."""
    record: Any = get_object_or_404(IcansAssessment, pk=pk)
    form = BareForm(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        with acting(user_from_request(request)):
            form.save()
        return redirect("bare", pk=pk)
    return render(request, "benchmarks/bare.html", {"form": form})
