"""What a person was told, and how they want to be told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from trial_edc.accounts.models import user_from_request
from trial_edc.casebook import notices
from trial_edc.casebook.models import Notice

LINES_PER_PAGE = 50


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show a person's own notices, newest first, and the choice of e-mails."""
    user = user_from_request(request)
    mine = Notice.objects.filter(user=user).order_by("-created_at")
    page = Paginator(mine, LINES_PER_PAGE).get_page(request.GET.get("page"))
    unread = notices.unread_count(user)
    wanted = notices.wants_mail(user)
    context = {
        "heading": _("Notices"),
        "lead": ngettext("%(count)s not read", "%(count)s not read", unread) % {"count": unread},
        "unread": unread,
        "page_obj": page,
        "kinds": [(kind, label, wanted[kind]) for kind, label in Notice.Kind.choices],
    }
    return render(request, "casebook/notices.html", context)


@require_POST
def open_notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    user = user_from_request(request)
    notice = get_object_or_404(Notice, pk=pk, user=user)
    notices.mark_read(by=user, pk=notice.pk)
    return redirect(notice.url)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all of a person's notices as read."""
    count = notices.mark_read(by=user_from_request(request))
    messages.success(request, ngettext("%(count)s notice read.", "%(count)s notices read.", count) % {"count": count})
    return redirect("casebook:notices")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep which notices a person wants by e-mail."""
    notices.prefer(by=user_from_request(request), kinds=request.POST.getlist("kind"))
    messages.success(request, _("Saved."))
    return redirect("casebook:notices")
