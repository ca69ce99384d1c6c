"""Who keeps the normal ranges, and the page on which they do."""

from __future__ import annotations

from html import escape

import pytest
from django.core.exceptions import PermissionDenied

from safety.models import NormalRange
from safety.range_services import add_range, close_range
from tests.forms.test_normal_ranges import FIRST, add, browser, wanted
from tests.people import People
from trial_edc.accounts.roles import ROLES, Permission


def test_only_data_managers_hold_the_permission() -> None:
    assert [code for code, role in ROLES.items() if role.may(Permission.MANAGE_RANGES)] == ["data-manager"]


@pytest.mark.req("R25")
@pytest.mark.parametrize("role", ["coordinator", "investigator", "monitor", "statistician", "inspector", "elsewhere"])
def test_nobody_else_adds_or_closes(people: People, role: str) -> None:
    person = getattr(people, role)
    with pytest.raises(PermissionDenied):
        add_range(by=person, wanted=wanted(people))
    found = add(people)
    with pytest.raises(PermissionDenied):
        close_range(by=person, pk=found.pk, last_day=FIRST, reason="mine")
    client = browser(person)
    page = client.get("/normal-ranges/")
    assert page.status_code == 200 and "Add a normal range" not in page.content.decode()
    assert ("Haemoglobin" in page.content.decode()) is (role != "elsewhere")
    assert client.post("/normal-ranges/", {}).status_code == 403
    assert client.post(f"/normal-ranges/{found.pk}/close/", {}).status_code == 403


TYPED = {
    "analyte": "HGB", "unit": "g/L", "low": "115", "high": "150", "sex": "F", "valid_from": "1jan25",
    "source": "Laboratory manual 3, 2024",
}  # fmt: skip


def test_the_page_lists_in_the_order_of_the_forms(people: People) -> None:
    for analyte in ("PLAT", "ALT", "WBC"):
        add(people, analyte)
    page = browser(people.monitor).get("/normal-ranges/").content.decode()
    places = [page.index(f'<th scope="row">{name}</th>') for name in ("Leucocytes", "Platelets", "ALT")]
    assert places == sorted(places)


def test_the_page_adds_and_closes(people: People) -> None:
    client = browser(people.data_manager)
    assert "No normal range is on file" in client.get("/normal-ranges/").content.decode()
    assert client.post("/normal-ranges/", TYPED | {"site": str(people.site.pk)}).status_code == 302
    found = NormalRange.objects.get()
    assert (found.low_text, found.high_text, found.sex, found.age_from, found.valid_from) == (
        "115",
        "150",
        "F",
        None,
        FIRST,
    )
    page = client.get("/normal-ranges/").content.decode()
    assert "Haemoglobin" in page and "in force" in page and f"/normal-ranges/{found.pk}/close/" in page
    address = f"/normal-ranges/{found.pk}/close/"
    assert "115 – 150 g/L" in client.get(address).content.decode()
    assert client.post(address, {"end_date": "30jun25", "reason": "new analyser"}).status_code == 302
    assert "closed" in client.get("/normal-ranges/").content.decode()


BAD: list[tuple[str, dict[str, str], str]] = [
    ("no limit", {"low": "", "high": ""}, "Enter a lower limit, an upper limit, or both."),
    ("letters", {"low": "low"}, "Enter a number."),
    ("a negative limit", {"low": "-1"}, "Ensure this value is greater than or equal to 0."),
    ("no day", {"valid_from": ""}, "This field is required."),
    ("a day that does not exist", {"valid_from": "31-Feb-2025"}, "February 2025 has 28 days."),
    ("no source", {"source": " "}, "This field is required."),
    ("another unit", {"unit": "mmol/L", "analyte": "WBC"}, "Leucocytes is recorded in one of these units"),
    ("an age nobody has", {"age_from": "200"}, "Ensure this value is less than or equal to 120."),
]


@pytest.mark.parametrize(("changed", "sentence"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_refusal_keeps_what_was_typed(people: People, changed: dict[str, str], sentence: str) -> None:
    answer = browser(people.data_manager).post("/normal-ranges/", TYPED | {"site": str(people.site.pk)} | changed)
    page = answer.content.decode()
    assert answer.status_code == 422 and escape(sentence) in page, page
    assert "Laboratory manual 3, 2024" in page or "source" in changed
    assert not NormalRange.objects.exists()


def test_closing_asks_for_day_and_reason(people: People) -> None:
    found = add(people)
    client = browser(people.data_manager)
    answer = client.post(f"/normal-ranges/{found.pk}/close/", {"end_date": "1jan24", "reason": "new analyser"})
    assert answer.status_code == 422 and "The last day is before the first." in answer.content.decode()
    assert client.post(f"/normal-ranges/{found.pk}/close/", {"end_date": "1jan26"}).status_code == 422
    assert client.get("/normal-ranges/7d9f0d3e-0000-4000-8000-000000000000/close/").status_code == 404
    found.refresh_from_db()
    assert found.valid_to is None
