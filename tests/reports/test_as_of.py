"""A cut-off asked again gives the same numbers, whatever has happened since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from dosing.models import Infusion
from reports import services
from reports.content.safety import SafetyReport, content_hash
from reports.production import safety_content
from safety.models import AdverseEvent, CrsAssessment, GradeChange, Medication
from tests.people import People
from tests.reports.conftest import add_event, add_subject, judge
from trial_edc.accounts.models import Site
from trial_edc.audit.context import acting
from trial_edc.audit.selectors import settle
from trial_edc.review.services import raise_query, unverify_items, verify_items

pytestmark = pytest.mark.django_db


def quiet(*_args: object) -> None:
    """No one watches."""


def report_at(moment: Any, site: Site | None = None) -> SafetyReport:
    return safety_content(moment, site, quiet)  # type: ignore[arg-type]  # a progress that is not kept


def now() -> Any:
    moment = timezone.now()
    settle()
    return moment


def test_the_numbers_of_the_database_study(study: dict[str, Any]) -> None:
    report = report_at(now())
    columns = {column.code: column for column in report.exposure}
    assert [(columns[c].enrolled, columns[c].infused) for c in ("DL1", "DL2", "DL3", "all")] == [
        (1, 1),
        (2, 1),
        (0, 0),
        (3, 2),
    ]
    assert str(columns["all"].percent_of_plan.median) == "95.0"
    assert str(columns["DL2"].follow_up_days.maximum) == "31.0"
    first = report.events.rows[0]
    assert [(c.subjects, c.events) for c in first.cells] == [(1, 2), (1, 1), (0, 0), (2, 3), (0, 0)]
    assert [(x.subject, x.grade, x.tocilizumab) for x in report.listings.syndromes] == [("01-001", 4, True)]
    assert [(x.subject, x.dlt.computed, x.dlt.adjudicated) for x in report.listings.dlts] == [("01-001", "YES", "YES")]
    assert report.listings.dlts[0].dlt.facts_changed, "the adjudication saw other inputs than the present result"
    assert [x.subject for x in report.listings.deaths] == ["01-002"]
    assert [(d.dose_level, len(d.signatures)) for d in report.decisions] == [(1, 1)]
    assert report.decisions[0].signatures[0].role_title == "Investigator"
    assert report.is_draft and report.unverified > 10 and report.open_queries == 0


Change = Callable[[People, dict[str, Any]], None]


def _new_event(people: People, study: dict[str, Any]) -> None:
    add_event(study["subjects"][1], 7, "Vomiting", 2, serious=True)


def _new_subject(people: People, study: dict[str, Any]) -> None:
    add_subject(people, "01-009", 1, infused_on=date(2026, 5, 1))


def _other_grade(people: People, study: dict[str, Any]) -> None:
    GradeChange.objects.filter(record=study["crs"]).update(grade=1)


def _removed_event(people: People, study: dict[str, Any]) -> None:
    AdverseEvent.objects.filter(subject=study["subjects"][0], term="Neutrophil count decreased").update(term="Nausea")


def _other_verdict(people: People, study: dict[str, Any]) -> None:
    judge(study["crs"], "NO")


def _superseded(people: People, study: dict[str, Any]) -> None:
    decision = study["decision"]
    decision.status, decision.superseded_at, decision.superseded_because = (
        "SUPERSEDED",
        timezone.now(),
        "A grade changed.",
    )
    decision.save()


def _query(people: People, study: dict[str, Any]) -> None:
    raise_query(by=people.monitor, record=study["crs"], field="term", text="Is this right?")


def _verified(people: People, study: dict[str, Any]) -> None:
    verify_items(by=people.monitor, record=Infusion.objects.get(subject=study["subjects"][0]), fields={"weight_kg"})


def _withdrawn(people: People, study: dict[str, Any]) -> None:
    unverify_items(by=people.monitor, record=study["crs"], fields={"term"})


def _assessed(people: People, study: dict[str, Any]) -> None:
    CrsAssessment.objects.create(
        subject=study["subjects"][0], visit="D7", assessed_date=date(2026, 2, 8), investigator_grade=1
    )


def _medicated(people: People, study: dict[str, Any]) -> None:
    Medication.objects.create(
        subject=study["subjects"][0], visit="LOG", sequence=1, drug="Dexamethasone", drug_class="CORTICOSTEROID",
        start_date="2026-02-07", frequency="ONCE",
    )  # fmt: skip


def _renamed(people: People, study: dict[str, Any]) -> None:
    people.investigator.full_name = "Another Name"
    people.investigator.save(update_fields=["full_name"])


@pytest.mark.parametrize(
    "change",
    [
        _new_event,
        _new_subject,
        _other_grade,
        _removed_event,
        _other_verdict,
        _superseded,
        _query,
        _verified,
        _withdrawn,
        _assessed,
        _medicated,
    ],
)
def test_what_is_entered_after_the_cutoff_changes_the_next_report_and_not_this_one(
    people: People, study: dict[str, Any], change: Change
) -> None:
    verify_items(by=people.monitor, record=study["crs"], fields={"term"})
    cutoff = now()
    before = content_hash(report_at(cutoff))
    with acting(people.coordinator, "later"):
        change(people, study)
    assert content_hash(report_at(cutoff)) == before
    later = report_at(now())
    assert content_hash(SafetyReport(**{**vars(later), "cutoff": cutoff})) != before


def test_a_name_that_changes_later_does_not_change_this_report(people: People, study: dict[str, Any]) -> None:
    cutoff = now()
    before = content_hash(report_at(cutoff))
    with acting(people.administrator, "married"):
        _renamed(people, study)
    assert content_hash(report_at(cutoff)) == before


@pytest.mark.req("R25")
def test_the_scope_of_one_site_leaves_the_other_out(people: People, study: dict[str, Any]) -> None:
    moment = now()
    assert report_at(moment, people.other_site).screened == 0
    assert report_at(moment, people.site).screened == report_at(moment).screened == 3


def test_a_file_made_again_has_the_same_content(people: People, study: dict[str, Any], sent: list[str]) -> None:
    from reports.tasks import produce_report

    first = services.request_report(by=people.monitor)
    produce_report(str(first.pk))
    with acting(people.coordinator, "later"):
        _other_grade(people, study)
        _new_subject(people, study)
    first.refresh_from_db()
    again = services.request_report(by=people.statistician, cutoff=first.file.cutoff)
    produce_report(str(again.pk))
    again.refresh_from_db()
    assert again.file.content_hash == first.file.content_hash
    assert again.file.sha256 != first.file.sha256, "another copy, made by someone else at another time"
