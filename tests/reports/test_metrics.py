"""The report on queries, verification and signatures: its numbers are those of the lists on the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from enrollment.models import Subject
from reports import services
from reports.facts_then import facts_then
from reports.metrics.content import Metrics, content_hash
from reports.metrics.queries import read_queries, together
from reports.metrics.reading import read_metrics
from reports.models import Job
from reports.pdf.metrics import form_name, metrics_pdf
from safety.models import VitalSigns
from tests.casebook.entering import enter
from tests.people import PASSWORD, People
from tests.reports.conftest import add_subject
from tests.reports.papers import client_of, make, making, pages_of, text_of
from trial_edc.audit.context import acting, system_user
from trial_edc.casebook.selectors.facts import read_facts
from trial_edc.casebook.selectors.queries import by_state, of_subjects, summary
from trial_edc.casebook.selectors.query_filter import QueryFilter, with_age
from trial_edc.casebook.selectors.status import casebook
from trial_edc.casebook.selectors.verification import ALL, CHANGED, VERIFIED, VerificationFilter, progress, total
from trial_edc.casebook.selectors.worklists import to_sign
from trial_edc.casebook.signing import sign_record
from trial_edc.review.models import Query, QueryMessage
from trial_edc.review.selectors import changed_since_verified, unverified_critical
from trial_edc.review.services import move_query, raise_query, unverify_items, verify_items

pytestmark = pytest.mark.django_db
VITALS = {
    "assessed_date": "2026-02-04", "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120",
    "diastolic_bp": "80", "heart_rate": "70", "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip
CHANGE = {"reason_code": "OTHER", "reason_text": "read in the wrong row"}
TEXT = "请核对源数据。 Please compare with the source."


@pytest.fixture
def subjects(people: People, sent: list[str]) -> list[Subject]:
    """Two subjects of site 01, one of 02: queries in every state and of many ages, items verified and changed."""
    with acting(people.coordinator, "test"):
        found = [add_subject(people, f"01-00{n}", 1, infused_on=date(2026, 2, 1)) for n in (1, 2)]
        other = Subject.objects.create(identifier="02-001", site=people.other_site)
    forms = [
        enter(people.coordinator, each, visit, "VS", action="complete", **VITALS)
        for each in found for visit in ("D3", "D5")
    ]  # fmt: skip
    items = ("temperature_c", "systolic_bp", "diastolic_bp", "heart_rate", "respiratory_rate")
    queries = [raise_query(by=people.monitor, record=forms[0], field=name, text=TEXT) for name in items]
    for query in queries[1:]:
        move_query(by=people.coordinator, query=query, to=Query.State.ANSWERED, text="It is right.")
    move_query(by=people.monitor, query=queries[2], to=Query.State.CLOSED, text="Seen.")
    move_query(by=people.monitor, query=queries[3], to=Query.State.OPEN, text="Not yet.")
    raised = raise_query(by=people.monitor, record=forms[2], field="heart_rate", text=TEXT)
    move_query(by=people.monitor, query=raised, to=Query.State.CANCELLED, text="Asked twice.")
    for place, query in enumerate(Query.objects.order_by("number")):
        _grow_old(query, days=place * 9)
    verify_items(by=people.monitor, record=forms[0])
    verify_items(by=people.monitor, record=forms[1], fields={"heart_rate", "temperature_c"})
    for form in forms[:3]:
        sign_record(by=people.investigator, record=form, version=form.version, password=PASSWORD)
    enter(people.coordinator, found[0], "D3", "VS", action="complete", **VITALS | CHANGE | {"heart_rate": "72"})
    return [*found, other]


def _grow_old(query: Query, *, days: int) -> None:
    """Move a query and what was said first into the past."""
    with acting(system_user(), "test", source="task"):
        Query.objects.filter(pk=query.pk).update(opened_at=query.opened_at - timedelta(days=days, hours=3))
        first = QueryMessage.objects.filter(query=query).order_by("said_at").first()
        assert first is not None
        QueryMessage.objects.filter(pk=first.pk).update(said_at=first.said_at - timedelta(days=days, hours=3))


@pytest.mark.req("P31")
def test_queries_are_counted_as_the_list_counts_them(people: People, subjects: list[Subject]) -> None:
    metrics = read_metrics(timezone.now(), None)
    ids = [each.pk for each in subjects]
    assert dict(metrics.queries.states) == by_state(ids)
    page = summary(ids, QueryFilter(), people.monitor)
    assert dict(metrics.queries.states) == page.states and sum(page.states.values()) == metrics.queries.total == 6
    assert page.median_days is not None and metrics.queries.median_age == f"{page.median_days:.1f}"
    for first, place in ((0, 0), (8, 1), (15, 2), (29, 3)):
        older = QueryFilter(age=str(first)).narrow(of_subjects(ids), people.monitor, timezone.now())
        assert older.count() == sum(metrics.queries.ages[place:])
    aged: list[Any] = list(with_age(of_subjects(ids), timezone.now()))
    assert metrics.queries.oldest == max(each.age.days for each in aged if each.is_unresolved)
    for group in metrics.by_subject:
        subject = next(each for each in subjects if each.identifier == group.key)
        assert dict(group.states) == by_state([subject.pk])
    for groups in (metrics.by_form, metrics.by_origin, metrics.by_subject, metrics.by_visit):
        assert sum(group.total for group in groups) == metrics.queries.total
    assert metrics.queries.cycles == (5, 1, 0) and (metrics.queries.answered, metrics.queries.closed) == (4, 1)


def test_times_are_counted_from_the_asking(people: People, subjects: list[Subject]) -> None:
    known = read_queries({each.pk: each for each in subjects}, {people.site.pk: "01"}, timezone.now())
    closed = next(each for each in known if each.state == "closed")
    query = Query.objects.get(number=closed.number)
    said = query.messages.get(new_state="closed").said_at
    assert closed.closed_after is not None
    assert abs(float(closed.closed_after) - (said - query.opened_at) / timedelta(days=1)) < 0.0001
    assert together("", [closed]).median_close == "18.1", "18 days and 3 hours"
    assert together("", []).median_close == "" and together("", []).oldest is None


@pytest.mark.req("P31")
def test_verification_is_counted_as_the_page_counts_it(people: People, subjects: list[Subject]) -> None:
    metrics = read_metrics(timezone.now(), None)
    ids = [each.pk for each in subjects]
    forms = progress(ids)
    for found, critical in ((metrics.verified.items, ""), (metrics.verified.critical, "1")):
        counts = total(forms, VerificationFilter(ALL, critical))
        assert found == (counts.of(ALL), counts.of(VERIFIED), counts.of(CHANGED))
    assert metrics.verified.items[2] == len(changed_since_verified(ids)) == 1
    assert metrics.verified.critical[0] - metrics.verified.critical[1] == len(unverified_critical(ids))
    for group in metrics.verified_by_subject:
        subject = next(each for each in subjects if each.identifier == group.key)
        counts = total(progress([subject.pk]), VerificationFilter(ALL))
        assert group.items == (counts.total, counts.verified, counts.changed)
    for groups in (metrics.verified_by_subject, metrics.verified_by_visit, metrics.verified_by_form):
        assert sum(group.items[0] for group in groups) == metrics.verified.items[0]


def test_signatures_are_counted_as_the_list_to_sign_counts_them(people: People, subjects: list[Subject]) -> None:
    metrics = read_metrics(timezone.now(), None)
    facts = read_facts([each.pk for each in subjects])
    books = [casebook(each, facts) for each in subjects]
    assert metrics.signatures.ready == len(list(to_sign(books, facts)))
    signed = metrics.signatures
    assert (signed.complete, signed.signed, signed.ready, signed.queried, signed.void) == (4, 2, 1, 1, 1)
    assert sum(each.complete for each in metrics.signatures_by_visit) == 4


def test_the_facts_of_now_are_those_of_the_pages(people: People, subjects: list[Subject]) -> None:
    ids = [each.pk for each in subjects]
    now, then = read_facts(ids), facts_then(ids, timezone.now())
    assert {place: sorted(found, key=str) for place, found in now.records.items() if found} == {
        place: sorted(found, key=str) for place, found in then.records.items()
    }
    assert (now.queries, now.queries_at, now.signed) == (then.queries, then.queries_at, then.signed)
    assert (now.verified, now.visits) == (then.verified, then.visits)


def test_a_verification_taken_back_later_stood_at_the_cut_off(people: People, subjects: list[Subject]) -> None:
    cutoff = timezone.now()
    before = read_metrics(cutoff, None)
    form = next(form for form in progress([subjects[0].pk]) if form.visit == "D5")
    record = VitalSigns.objects.get(pk=form.root)
    assert unverify_items(by=people.monitor, record=record, fields={"heart_rate", "temperature_c"}) == 2
    query = Query.objects.get(state="open", field="temperature_c")
    move_query(by=people.coordinator, query=query, to=Query.State.ANSWERED, text="It is right.")
    assert content_hash(read_metrics(cutoff, None)) == content_hash(before)
    now = read_metrics(timezone.now(), None)
    assert now.verified.items[1] == before.verified.items[1] - 2
    assert now.queries.count("answered") == before.queries.count("answered") + 1


def _numbers(metrics: Metrics) -> list[str]:
    told = []
    for group in (*metrics.by_form, *metrics.by_origin, *metrics.by_subject, *metrics.by_visit):
        counts = [group.count(state) for state in ("open", "answered", "closed", "cancelled")]
        told.append(" ".join(map(str, [*counts, group.total, *group.ages])))
    for line in (*metrics.signatures_by_subject, *metrics.signatures_by_visit):
        told.append(f"{line.key if '-' in line.key else ''} {line.complete}".strip())
    return told


def test_the_document_says_every_number_and_is_the_same_again(people: People, subjects: list[Subject]) -> None:
    cutoff, moment = timezone.now(), datetime(2026, 11, 23, 6, 5, tzinfo=UTC)
    metrics = read_metrics(cutoff, None)

    def made(at: datetime) -> bytes:
        found = read_metrics(cutoff, None)
        return metrics_pdf(found, content_hash(found), making(at), lambda _done, _total: None).content

    text = text_of(made(moment))
    for told in (*_numbers(metrics), form_name("VS"), "Day 3 (D3)", "01-002"):
        assert told in text, told
    assert made(moment) == made(moment)
    assert [page.replace("15:05", "14:05") for page in pages_of(made(moment + timedelta(hours=1)))] == pages_of(
        made(moment)
    )
    assert text_of(make(services.request_report(by=people.monitor, kind=Job.Kind.METRICS)).content)


@pytest.mark.req("R25")
def test_a_site_has_its_own_numbers_and_others_are_refused(people: People, subjects: list[Subject]) -> None:
    own = read_metrics(timezone.now(), people.site)
    other = read_metrics(timezone.now(), people.other_site)
    assert (own.subjects, other.subjects, other.queries.total, other.verified.forms) == (2, 1, 0, 0)
    assert "No queries." in text_of(
        metrics_pdf(other, "0", making(timezone.now()), lambda _done, _total: None).content
    )  # fmt: skip

    def asked(by: Any, **more: Any) -> Job:
        return services.request_report(by=by, kind=Job.Kind.METRICS, **more)

    file = make(asked(people.investigator, site=people.site))
    with pytest.raises(PermissionDenied):
        asked(people.investigator)
    with pytest.raises(PermissionDenied):
        asked(people.investigator, site=people.other_site)
    whole = make(asked(people.monitor))
    client = client_of(people.investigator)
    assert client.get(reverse("reports:download", args=[file.pk])).status_code == 200
    assert client.get(reverse("reports:download", args=[whole.pk])).status_code == 404
    for person in (people.coordinator, people.cell_processing, people.administrator, people.elsewhere):
        with pytest.raises(PermissionDenied):
            asked(person, site=people.site)
        assert client_of(person).get(reverse("reports:download", args=[file.pk])).status_code == 403
