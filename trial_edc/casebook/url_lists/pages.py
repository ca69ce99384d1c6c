"""Addresses of the pages that list and show. Fixed words come before the addresses that name a subject."""

from __future__ import annotations

from django.urls import path

from trial_edc.casebook.views import (
    closing,
    matrix,
    notices,
    people,
    sign_off,
    study,
    subject,
    trail,
    unscheduled,
    visit,
    work,
)

urlpatterns = [
    path("", matrix.home, name="home"),
    path("desk/", work.my_work, name="my-work"),
    path("desk/<str:name>/", work.work_list, name="work"),
    path("subjects/", matrix.matrix, name="matrix"),
    path("subjects/add/", matrix.add_subject, name="subject-add"),
    path("subjects/list/", matrix.subject_list, name="subject-list"),
    path("subjects/tasks/<str:name>/", matrix.work_list, name="work-list"),
    path("subjects/<str:identifier>/", subject.subject_page, name="subject"),
    path("subjects/<str:identifier>/unscheduled/", unscheduled.add, name="unscheduled-add"),
    path("subjects/<str:identifier>/unscheduled/card/", unscheduled.card, name="unscheduled-card"),
    path("subjects/<str:identifier>/<str:visit>/", visit.visit_page, name="visit"),
    path("subjects/<str:identifier>/<str:visit>/deviation/", visit.draft_deviation, name="visit-deviation"),
    path("subjects/<str:identifier>/<str:visit>/card/", visit.visit_card, name="visit-card"),
    path("sign-off/<str:identifier>/", sign_off.sign_off, name="sign-off"),
    path("sign-off/<str:identifier>/receipt/", sign_off.receipt, name="sign-receipt"),
    path("closing/", closing.overview, name="closing"),
    path("closing/study/", closing.study, name="closing-study"),
    path("closing/requests/<uuid:pk>/", closing.decide, name="closing-decide"),
    path("closing/<str:identifier>/", closing.casebook_page, name="closing-subject"),
    path("audit/", trail.audit, name="audit"),
    path("audit/export/", trail.audit_export, name="audit-export"),
    path("audit/review/", trail.audit_review, name="audit-review"),
    path("audit/access/export/", trail.access_export, name="access-export"),
    path("audit/access/", trail.access_events, name="access-events"),
    path("study/", study.study, name="study"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/read/", notices.read_all, name="notices-read"),
    path("notices/preferences/", notices.preferences, name="notices-preferences"),
    path("notices/<uuid:pk>/", notices.open_notice, name="notice-open"),
    path("people/", people.people, name="people"),
    path("people/unlock/", people.unlock, name="people-unlock"),
    path("people/<uuid:pk>/switch-off/", people.switch_off, name="people-switch-off"),
    path("people/roles/<uuid:pk>/end/", people.end_role, name="people-end-role"),
    path("people/delegations/<uuid:pk>/end/", people.end_delegation, name="people-end-delegation"),
]
