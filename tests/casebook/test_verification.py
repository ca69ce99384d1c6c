"""Source verification: numbers equal lists, ticks are about one version, confirmations do exactly what they show."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.models import Subject
from safety.models import AdverseEvent, GradeChange, VitalSigns
from safety.models.chemistry import Chemistry, ChemistryResult
from tests.casebook.conftest import SignedIn
from tests.casebook.test_matrix import text_of, vitals
from tests.faults.test_together import together
from tests.people import People, make_people
from tests.review.conftest import EVENT, GRADES, VITALS
from tests.review.saving import REASON, save_event
from trial_edc.audit.context import acting, system_user
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.place import Place
from trial_edc.casebook.selectors.verification import STATES, VerificationFilter, narrow, progress, total
from trial_edc.casebook.selectors.verification_items import item_lines
from trial_edc.casebook.verifying import plan_verification, verify_forms
from trial_edc.errors import DomainError
from trial_edc.review.models import SourceVerification
from trial_edc.review.selectors import changed_since_verified, unverified_critical
from trial_edc.review.services import move_query, raise_query, verify_items

FRAGMENT = {"HX-Request": "true"}
EVERY_FILTER = [VerificationFilter(state, critical) for state in STATES for critical in ("", "1")]


@pytest.fixture
def record(people: People, infused: Subject) -> VitalSigns:
    found = vitals(people, infused, "D3")
    assert isinstance(found, VitalSigns)
    return found


def url(record: Any, tail: str = "") -> str:
    return f"/verification/{record.subject.identifier}/{record.visit}/{record.crf.oid}/{record.sequence}/{tail}"


def name(record: Any) -> str:
    return url(record).removeprefix("/verification/").strip("/").replace("/", ".")


def change(record: Any, **values: Any) -> None:
    with acting(system_user(), "test", source="task"):
        type(record)._default_manager.filter(pk=record.pk).update(**values)


def latest(record: Any, field: str) -> int:
    return ItemChange.objects.filter(record=record.pk, field=field).latest("id").pk


def tick(client: Client, record: Any, version: int, *, verified: bool = True) -> Any:
    data = {"change": version} | ({"verified": "1"} if verified else {})
    return client.post(url(record, "tick/"), data, headers=FRAGMENT)


def every_number_is_its_list(people: People, client: Client) -> None:
    """The one property: counter, page, items of the forms, selectors and My work all say the same."""
    subjects = list(Subject.objects.all())
    by_pk = {subject.pk: subject for subject in subjects}
    forms = progress(by_pk)
    for wanted in EVERY_FILTER:
        shown = client.get("/verification/", wanted.parts()).context
        number = total(forms, wanted).of(wanted.state)
        listed = 0
        for form in narrow(forms, wanted):
            place = Place(by_pk[form.subject], form.visit, form.oid, form.sequence)
            lines = item_lines(place, place.find(), wanted)
            assert len(lines) == form.counts(wanted).of(wanted.state)
            listed += len(lines)
        chips = {str(chip["label"]): chip["count"] for chip in shown["chips"]}
        assert shown["total"] == number == listed == chips[str(STATES[wanted.state])]
        assert len(shown["lines"]) == len(narrow(forms, wanted))
    critical = VerificationFilter(critical="1")
    assert len(unverified_critical(by_pk)) == total(forms, critical).of("unverified")
    assert len(changed_since_verified(by_pk)) == total(forms, VerificationFilter()).changed
    tiles = {counter["url"]: counter["value"] for counter in client.get("/desk/").context["counters"]}
    for address in ("/verification/?state=changed", "/verification/?critical=1"):
        assert tiles[address] == client.get(address).context["total"]


STEP = st.tuples(
    st.sampled_from(["change", "clear", "verify", "verify one", "take back", "row", "remove row"]),
    st.integers(0, 3), st.sampled_from(["systolic_bp", "heart_rate", "assessed_time"]), st.integers(60, 160),
)  # fmt: skip


def take(people: People, records: list[Any], step: tuple[str, int, str, int]) -> None:
    kind, which, field, number = step
    record, event = records[which], records[-1]
    values = {field: "07:30" if field == "assessed_time" else number}
    rows = GradeChange.objects.filter(record=event)
    if kind == "verify":
        verify_items(by=people.monitor, record=record)
    elif kind == "verify one":
        verify_items(by=people.monitor, record=record, fields={field, "grade", "term"})
    elif kind == "take back":
        with acting(people.monitor):
            SourceVerification.objects.filter(root_record=record.pk, field=field).delete()
    elif kind == "row":
        with acting(people.investigator, "test"):
            GradeChange.objects.create(record=event, subject=event.subject, position=rows.count() + 1, grade=number % 5)
    elif kind == "remove row":
        with acting(people.investigator, "test"):
            rows.filter(pk__in=rows.values("pk")[:1]).delete()
    elif record is not event:
        change(record, **(values if kind == "change" else {field: None}))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_every_number_is_the_length_of_its_list(
    people: People, infused: Subject, elsewhere: Subject, steps: list[tuple[str, int, str, int]]
) -> None:
    with transaction.atomic():
        other = People(**{**people.__dict__, "coordinator": people.elsewhere})
        records: list[Any] = [
            vitals(people, infused, "D3"),
            vitals(people, infused, "D4"),
            vitals(other, elsewhere, "SCR"),
        ]
        with acting(people.investigator, "test"):
            records.append(AdverseEvent.objects.create(subject=infused, visit="LOG", term="Nausea", outcome=""))
        for step in steps:
            take(people, records, step)
        client = Client()
        client.force_login(people.monitor, backend="django.contrib.auth.backends.ModelBackend")
        every_number_is_its_list(people, client)
        transaction.set_rollback(True)


def test_the_page_says_how_far_each_form_is(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    verify_items(by=people.monitor, record=record)
    change(record, systolic_bp=131, heart_rate=None)
    raise_query(by=people.monitor, record=record, field="heart_rate", text="Why is it gone?")
    shown = signed_in(people.monitor).get("/verification/").context
    (line,) = shown["lines"]
    assert line["counts"] == (8, 6, 2) and line["left"] == 2
    assert (line["changed"].by, line["signed"], line["queries"]) == ("System", False, (1, 0))
    critical, all_items = shown["progress"]
    assert (critical["counts"], all_items["counts"]) == ((4, 3, 1), (8, 6, 2)) and all_items["percent"] == 75
    assert [chip["count"] for chip in shown["chips"]] == [2, 2, 6, 8]
    assert critical["url"] == "?state=unverified&critical=1"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("", 2),
        ("?site=02", 1),
        ("?q=01-", 1),
        ("?form=AE", 0),
        ("?form=VS", 2),
        ("?state=verified", 0),
        ("?state=x", 2),
    ],
)
def test_filters_live_in_the_address(
    people: People, record: VitalSigns, elsewhere: Subject, signed_in: SignedIn, address: str, expected: int
) -> None:
    vitals(People(**{**people.__dict__, "coordinator": people.elsewhere}), elsewhere, "SCR")
    shown = signed_in(people.monitor).get(f"/verification/{address}")
    assert len(shown.context["lines"]) == expected
    if not expected:
        assert "No item matches these filters." in text_of(shown)


def test_other_sites_are_not_there(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    client = signed_in(people.elsewhere)
    assert client.get("/verification/").context["lines"] == []
    assert client.get(url(record)).status_code == 404


def test_the_items_of_a_form_say_what_changed(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    verify_items(by=people.monitor, record=record)
    change(record, systolic_bp=131)
    client = signed_in(people.monitor)
    fragment = client.get(f"{url(record)}?state=changed", headers=FRAGMENT)
    (line,) = fragment.context["lines"]
    assert (line.label, line.value, line.unit, line.verified_before) == (
        "Systolic blood pressure",
        "131",
        "mmHg",
        "120",
    )
    assert line.by == "Monitor" and "was 120, verified by Monitor" in text_of(fragment)
    assert "<html" not in text_of(fragment) and "<html" in text_of(client.get(url(record)))
    assert [each.label for each in client.get(f"{url(record)}?state=all").context["lines"]][:3] == [
        "Date of assessment", "Time", "Temperature",
    ]  # fmt: skip


def test_rows_come_after_the_form_in_their_order(people: People, infused: Subject, signed_in: SignedIn) -> None:
    from tests.casebook.entering import enter

    event = enter(people.investigator, infused, "LOG", "AE", sequence=0, rows=GRADES, **EVENT)
    verify_items(by=people.monitor, record=event)
    save_event(people.investigator, event, EVENT, [GRADES[0] | {"DELETE": "on"}, GRADES[1] | {"grade": "4"}], **REASON)
    client = signed_in(people.monitor)
    lines = client.get(f"{url(event)}?state=all").context["lines"]
    rows = [(str(line.label), line.value, line.removed) for line in lines if line.item.entity == "AEG"]
    assert rows == [
        ("Grade, row 1", "4", False), ("From date, row 1", "04-Nov-2026", False),
        ("Grade, removed row", "", True), ("From date, removed row", "", True),
    ]  # fmt: skip
    assert "?row=" in lines[-4].query_url
    removed = next(line for line in lines if line.removed)
    assert tick(client, event, removed.item.change).status_code == 200
    assert len(changed_since_verified([infused.pk])) == 2


def test_a_row_is_called_by_what_it_is_about(people: People, infused: Subject, signed_in: SignedIn) -> None:
    with acting(people.coordinator, "test"):
        sample = Chemistry.objects.create(subject=infused, visit="D3", laboratory="Central")
        alt = ChemistryResult.objects.create(subject=infused, record=sample, analyte="ALT", value="31", unit="U/L")
    client = signed_in(people.monitor)
    lines = client.get(f"{url(sample)}?state=all").context["lines"]
    assert [(str(line.label), line.value) for line in lines] == [
        ("Laboratory", "Central"), ("Result, ALT", "31"), ("Unit, ALT", "U/L"),
    ]  # fmt: skip
    raise_query(by=people.monitor, record=alt, field="value", text="Which sample?")
    (asked,) = client.get("/queries/?form=CHEM").context["lines"]
    assert asked.item == "Result, ALT" and asked.form == Chemistry.crf.title


def test_a_tick_is_about_one_version(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    client, version = signed_in(people.monitor), latest(record, "systolic_bp")
    answer = tick(client, record, version)
    assert answer.status_code == 200 and answer["HX-Trigger"] == "verification-changed"
    assert answer.context["line"].item.verified and answer.context["form_line"]["counts"].verified == 1
    assert SourceVerification.objects.get().change_id == version
    change(record, systolic_bp=131)
    stale = tick(client, record, version)
    assert stale.status_code == 409 and "has changed since it was shown" in text_of(stale)
    assert stale.context["line"].value == "131" and not stale.context["line"].item.verified
    assert tick(client, record, latest(record, "systolic_bp")).status_code == 200
    assert tick(client, record, latest(record, "systolic_bp"), verified=False).status_code == 200
    assert SourceVerification.objects.count() == 1


def test_a_tick_on_what_is_gone_says_so(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    version = latest(record, "systolic_bp")
    change(record, systolic_bp=None)
    stale = tick(signed_in(people.monitor), record, version)
    assert stale.status_code == 409 and "There is no value any more." in text_of(stale)


def test_a_tick_names_a_version_of_this_form(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    client, other = signed_in(people.monitor), vitals(people, record.subject, "D4")
    for version in (latest(other, "systolic_bp"), 0, "x", "9" * 30):
        assert client.post(url(record, "tick/"), {"change": version, "verified": "1"}).status_code == 404
    assert not SourceVerification.objects.exists()


@pytest.mark.parametrize("role", ["coordinator", "investigator", "data_manager", "inspector", "statistician"])
def test_readers_look_and_tick_nothing(people: People, record: VitalSigns, signed_in: SignedIn, role: str) -> None:
    client = signed_in(getattr(people, role))
    page, items = text_of(client.get("/verification/")), text_of(client.get(url(record)))
    assert "data-choose" not in page and "verify-chosen" not in page and "data-tick" not in items
    assert tick(client, record, latest(record, "systolic_bp")).status_code == 403
    assert client.get("/verification/confirm/", {"form": name(record)}).status_code == 403
    assert client.post("/verification/confirm/", {"form": name(record)}).status_code == 403


def confirm(client: Client, *records: Any, **data: str) -> tuple[Any, dict[str, Any]]:
    """Look at the confirmation; return the page and what its button would send."""
    chosen: dict[str, Any] = {"form": [name(each) for each in records], **data}
    page = client.get("/verification/confirm/", chosen)
    return page, chosen | {"seen": page.context["plan"].seen, "token": page.context["token"]}


def test_a_confirmation_repeats_the_count_and_does_it_once(
    people: People, record: VitalSigns, signed_in: SignedIn
) -> None:
    second = vitals(people, record.subject, "D4")
    client = signed_in(people.monitor)
    page, sent = confirm(client, record, second)
    words = " ".join(text_of(page).split())
    assert "Verify 16 items in 2 forms of subject 01-001?" in words
    assert client.post("/verification/confirm/", sent).status_code == 302
    assert SourceVerification.objects.count() == 16
    assert "Verified: 16 items." in text_of(client.get("/verification/"))
    client.post("/verification/confirm/", sent)
    assert "nothing happened twice" in text_of(client.get("/verification/"))
    page, _sent = confirm(client, record)
    assert "There is nothing to verify in these forms." in text_of(page)


def test_a_confirmation_of_critical_or_changed_items_is_about_these(
    people: People, record: VitalSigns, signed_in: SignedIn
) -> None:
    client = signed_in(people.monitor)
    page, sent = confirm(client, record, critical="1")
    assert "Verify 4 items in 1 form of subject 01-001?" in text_of(page)
    client.post("/verification/confirm/", sent)
    assert SourceVerification.objects.count() == 4 and not unverified_critical()
    change(record, systolic_bp=131)
    page, sent = confirm(client, record, state="changed")
    assert "Verify 1 item in 1 form of subject 01-001?" in text_of(page)
    client.post("/verification/confirm/", sent)
    assert SourceVerification.objects.count() == 5


def test_a_change_after_the_preview_refuses_the_whole(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    _page, sent = confirm(client, record)
    change(record, systolic_bp=131)
    refused = client.post("/verification/confirm/", sent)
    assert refused.status_code == 422 and "The data have changed since this list was made." in text_of(refused)
    change(record, heart_rate=None)
    refused = client.post("/verification/confirm/", sent)
    assert "The list showed 8, and now there are 7. Nothing was done; look at it again." in text_of(refused)
    assert not SourceVerification.objects.exists()
    assert client.post("/verification/confirm/", sent | {"seen": refused.context["plan"].seen}).status_code == 302
    assert SourceVerification.objects.count() == 7


def test_only_one_subject_at_a_time(
    people: People, record: VitalSigns, elsewhere: Subject, signed_in: SignedIn
) -> None:
    other = vitals(People(**{**people.__dict__, "coordinator": people.elsewhere}), elsewhere, "SCR")
    client = signed_in(people.monitor)
    for forms, sentence in (
        ([name(record), name(other)], "Verify the forms of one subject at a time."), ([], "Choose at least one form."),
        ([f"01-001.D3.VS.{n}" for n in range(101)], "Choose at most 100 at once."),
    ):  # fmt: skip
        assert client.get("/verification/confirm/", {"form": forms}).status_code == 302
        assert sentence in text_of(client.get("/verification/"))
    for nonsense in ("nobody.D3.VS.1", "x"):
        assert client.get("/verification/confirm/", {"form": nonsense}).status_code == 404
    assert client.get("/verification/confirm/", {"form": "01-001.D9.VS.1"}).context["lines"] == []


def test_nothing_to_verify_is_refused(people: People, record: VitalSigns) -> None:
    wanted = VerificationFilter()
    verify_items(by=people.monitor, record=record)
    shown = plan_verification(record.subject, [record.pk], wanted).seen
    with pytest.raises(DomainError, match="nothing to verify"):
        verify_forms(
            by=people.monitor, subject=record.subject, roots=[record.pk], wanted=wanted, shown=shown, token=str(uuid4())
        )


def test_a_question_is_asked_beside_the_item(people: People, record: VitalSigns, signed_in: SignedIn) -> None:
    client = signed_in(people.monitor)
    lines = client.get(f"{url(record)}?state=all").context["lines"]
    asked = next(line for line in lines if line.item.field == "heart_rate")
    answer = client.post(asked.query_url, {"action": "open", "text": "Pulse?"}, headers=FRAGMENT)
    assert answer.status_code == 200 and "hx-post" in text_of(answer) and "Pulse?" in text_of(answer)
    (line,) = client.get("/verification/").context["lines"]
    assert line["queries"].open == 1
    query = record_query(record)
    move_query(by=people.coordinator, query=query, to="answered", text="Yes.")
    lines = client.get(f"{url(record)}?state=all").context["lines"]
    assert {line.item.field: line.query for line in lines if line.query} == {"heart_rate": "answered"}


def record_query(record: Any) -> Any:
    from trial_edc.review.models import Query

    return Query.objects.get(record=record.pk)


@pytest.mark.ui(31)
def test_the_number_of_statements_does_not_grow(
    people: People, record: VitalSigns, elsewhere: Subject, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(people.monitor)
    client.get("/verification/")
    with django_assert_max_num_queries(13) as few:
        client.get("/verification/")
    usual = len(few)
    for visit in ("D4", "D5", "D6"):
        vitals(people, record.subject, visit)
    vitals(People(**{**people.__dict__, "coordinator": people.elsewhere}), elsewhere, "SCR")
    client.get("/verification/")
    with django_assert_max_num_queries(usual):
        assert len(client.get("/verification/").context["lines"]) == 5
    with django_assert_max_num_queries(11):
        client.get(url(record))


def test_two_monitors_at_once_verify_once(transactional_db: None) -> None:
    """One confirmation stands; the other is the same post, or sees that the list is no longer what it was."""
    people = make_people()
    with acting(system_user(), "test", source="command"):
        subject = Subject.objects.create(identifier="01-001", site=people.site)
    from tests.casebook.entering import enter

    record = enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    wanted, token = VerificationFilter(), str(uuid4())
    shown = plan_verification(subject, [record.pk], wanted).seen

    def send(key: str) -> Any:
        try:
            return verify_forms(
                by=people.monitor, subject=subject, roots=[record.pk], wanted=wanted, shown=shown, token=key
            )
        except DomainError as refusal:
            return str(refusal)

    found = together(lambda: send(token), lambda: send(token), lambda: send(str(uuid4())))
    assert found.count(8) == 1 and SourceVerification.objects.count() == 8
    assert all(each in (8, None) or "Nothing was done" in each for each in found)


def test_a_save_at_the_same_moment_is_never_verified_unseen(transactional_db: None) -> None:
    people = make_people()
    with acting(system_user(), "test", source="command"):
        subject = Subject.objects.create(identifier="01-001", site=people.site)
    from tests.casebook.entering import enter

    record = enter(people.coordinator, subject, "SCR", "VS", **VITALS)
    wanted = VerificationFilter()
    plan = plan_verification(subject, [record.pk], wanted)

    def verify() -> Any:
        try:
            return verify_forms(
                by=people.monitor,
                subject=subject,
                roots=[record.pk],
                wanted=wanted,
                shown=plan.seen,
                token=str(uuid4()),
            )
        except DomainError:
            return "refused"

    texts = VITALS | {"systolic_bp": "131"}
    together(verify, lambda: enter(people.coordinator, subject, "SCR", "VS", **texts))
    assert not SourceVerification.objects.filter(change=latest(record, "systolic_bp")).exists()
    assert SourceVerification.objects.count() in (0, 8)
