"""The periodic review of users: the present list, a note, and the earlier reviews."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trial_edc.accounts.access import require, today
from trial_edc.accounts.models import UserReview, user_from_request
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.casebook.selectors.rights import fingerprint
from trial_edc.casebook.user_review import confirm_users, next_review_due, present_list
from trial_edc.errors import DomainError


@require_http_methods(["GET", "POST"])
def user_review(request: HttpRequest) -> HttpResponse:
    """Show everybody with their rights; a post confirms exactly that list."""
    user = user_from_request(request)
    require(user, Permission.REVIEW_USERS)
    error: DomainError | None = None
    if request.method == "POST":
        try:
            confirm_users(by=user, seen=request.POST.get("seen", ""), note=request.POST.get("note", ""))
        except DomainError as refusal:
            error = refusal
        else:
            messages.success(request, _("Noted: you reviewed the list of users."))
            return redirect("casebook:user-review")
    people, due = present_list(timezone.now()), next_review_due()
    context = {
        "heading": _("Review of users"),
        "lead": _("The next review is due by %(day)s.") % {"day": study_date(due)},
        "crumbs": [{"label": _("Rights"), "url": reverse("casebook:rights")}, {"label": _("Review of users")}],
        "people": people,
        "seen": fingerprint(people),
        "reviews": UserReview.objects.select_related("reviewed_by"),
        "overdue": due < today(),
        "typed": request.POST.get("note", ""),
        "error": error,
        "failed": error,
    }
    return render(request, "casebook/user_review.html", context, status=422 if error else 200)
