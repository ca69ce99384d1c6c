"""Every address as every role, against the table of the repository, and the sentences the table must keep.

After a change that is meant: `REWRITE_ACCESS_TABLE=1 python3 run.py test tests/access`, then review the difference.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction

from tests.access import table
from tests.access.scene import ROLES, build_scene, url_names
from tests.access.walk import METHODS, Walk, walk
from tests.people import ensure_system_user, make_people

pytestmark = pytest.mark.django_db
REWRITE = "REWRITE_ACCESS_TABLE"
#: What readers may leave behind: what they ask, what they saw in the source, what they answer to a request to unlock.
#: And that they reviewed the trail.
CONVERSATION = {
    "review.query", "review.querymessage", "review.sourceverification", "review.unlockrequest", "audit.trailreview",
}  # fmt: skip
#: What data managers keep for the sites: reference values, no data of a subject.
REFERENCE = {"safety.normalrange"}
#: That they reviewed the list of users.
REVIEWS = {"accounts.userreview"}
#: What readers do for the committee: its members sign and take choices back, its statistician keeps numbers with the
#: minutes.
COMMITTEE = {"src_member": {"dosing:sign", "dosing:choice-aside"}, "statistician": {"dosing:store-characteristics"}}
READERS = ("statistician", "src_member", "cell_processing", "inspector")
CLINICAL = (
    "casebook:subject",
    "casebook:visit",
    "casebook:unscheduled",
    "casebook:crf",
    "casebook:item",
    "casebook:query",
    "casebook:verification",
    "dosing:",
)
#: The only addresses that answer without a sign-in.
OPEN = {"health", "accounts:sign-in", "accounts:sign-in-code", "accounts:resume"}


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker: Any) -> Walk:
    """Walk once for all tests of this file; nothing stays in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_system_user()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
            found = walk(build_scene(make_people()))
        transaction.set_rollback(True)
    return found


@pytest.mark.req("R25")
def test_every_address_answers_every_role_as_the_table_says(walked: Walk) -> None:
    found = table.table_of(walked)
    if os.environ.get(REWRITE):
        table.FILE.write_text(table.as_text(found))
    expected = table.read()
    assert sorted({name for name, _method in expected}) == sorted(url_names())
    differences = [
        f"{name} {method} as {role}: {found[name, method][role]}, the table says {statuses[role]}"
        for (name, method), statuses in expected.items()
        for role in ROLES
        if found[name, method][role] != statuses[role]
    ]
    assert not differences, "\n".join(differences)


def test_no_address_fails(walked: Walk) -> None:
    assert [key for key, answer in walked.items() if answer.status >= 500] == []


def test_what_is_refused_writes_nothing(walked: Walk) -> None:
    assert {key: answer for key, answer in walked.items() if answer.status >= 400 and answer.written} == {}


def test_reading_writes_nothing(walked: Walk) -> None:
    assert {key: answer for key, answer in walked.items() if key[1] == "GET" and answer.written} == {}


@pytest.mark.req("R25")
def test_monitors_write_conversation_alone_and_data_managers_reference_values(walked: Walk) -> None:
    allowed = {"monitor": CONVERSATION, "data_manager": CONVERSATION | REFERENCE | REVIEWS}
    for role, entities in allowed.items():
        written = {entity for key, answer in walked.items() if key[2] == role for entity in answer.written}
        assert written and written <= entities, role


@pytest.mark.req("R25")
def test_nobody_but_data_managers_writes_reference_values(walked: Walk) -> None:
    assert {key[2] for key, answer in walked.items() if answer.written & REFERENCE} == {"data_manager"}


@pytest.mark.req("R25")
def test_readers_write_nothing_of_the_casebook(walked: Walk) -> None:
    for role in READERS:
        written = {key[0]: answer.written for key, answer in walked.items() if key[2] == role and answer.written}
        assert set(written) <= COMMITTEE.get(role, set()), role


@pytest.mark.req("R25")
def test_administrators_see_no_clinical_data(walked: Walk) -> None:
    seen = [
        key
        for key, answer in walked.items()
        if key[2] == "administrator" and key[0].startswith(CLINICAL) and answer.status not in (403, 404, 405)
    ]
    assert seen == []


@pytest.mark.req("R25")
def test_a_subject_of_another_site_does_not_exist(walked: Walk) -> None:
    subject_pages = [
        name
        for name in url_names()
        if name.startswith(("casebook:crf", "casebook:item", "casebook:visit", "casebook:unscheduled"))
    ]
    said = ["casebook:query", "casebook:verification-form", "casebook:verification-tick"]
    for name in [*subject_pages, *said, "casebook:subject", "dosing:enrol"]:
        statuses = {walked[name, method, "elsewhere"].status for method in METHODS}
        assert statuses <= {404, 405} and 404 in statuses, name


@pytest.mark.req("R25")
def test_nobody_gets_in_without_a_sign_in(walked: Walk) -> None:
    for name in set(url_names()) - OPEN:
        page, post = walked[name, "GET", "anonymous"], walked[name, "POST", "anonymous"]
        assert page.status == 302 and page.location.startswith("/sign-in/?next="), name
        assert post.status == 401, name
