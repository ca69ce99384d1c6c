"""The command on small invented studies: all of a subject or nothing, twice the same, refused where it must be."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dosing.models import Infusion, Slot
from dosing.sdtm.assigning import assign_imported
from enrollment.models import Consent, Demographics, Disposition, Subject
from enrollment.services import add_subject
from safety.models import AdverseEvent, Death
from safety.models.adverse_event import GradeChange
from tests.people import People
from tests.sdtm.files import end, event, exposure, small_study, subject, write
from trial_edc.accounts.models import Site, User
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.models import Draft, Submission
from trial_edc.crf.models import FormStatus
from trial_edc.errors import DomainError

pytestmark = pytest.mark.django_db
ONE = "01-901-001"


def load(folder: Path, **options: Any) -> str:
    """Run the command; the test fails when it does not end with status 0."""
    out = StringIO()
    call_command("load_sdtm", str(folder), stdout=out, **options)
    return out.getvalue()


def load_with_refusals(folder: Path) -> str:
    out = StringIO()
    with pytest.raises(SystemExit) as status:
        call_command("load_sdtm", str(folder), stdout=out)
    assert status.value.code == 1
    return out.getvalue()


def not_started(folder: Path, **options: Any) -> str:
    with pytest.raises(CommandError) as refused:
        load(folder, **options)
    assert refused.value.returncode == 2
    return str(refused.value)


def counts(report: str) -> dict[str, list[int]]:
    """Return the table of the report: rows, taken, left out, refused, already taken."""
    lines = (line.split() for line in report.splitlines())
    table = [cells for cells in lines if len(cells) == 6 and cells[0] in ("dm", "ex", "ae", "ds")]
    return {cells[0]: [int(cell) for cell in cells[1:]] for cells in table}


def test_everything_is_taken(tmp_path: Path) -> None:
    report = load(small_study(tmp_path))
    assert counts(report) == {
        "dm": [4, 4, 0, 0, 0],
        "ex": [4, 3, 1, 0, 0],
        "ae": [2, 2, 0, 0, 0],
        "ds": [4, 3, 1, 0, 0],
    }
    assert set(Site.objects.values_list("code", flat=True)) == {"901", "902"}
    assert list(Subject.objects.values_list("identifier", "dose_level", "status")) == [
        (ONE, 2, "OFF STUDY"), ("01-901-002", 3, "OFF STUDY"), ("01-902-003", 1, "FOLLOW-UP"),
        ("01-902-004", None, "SCREEN FAILURE"),
    ]  # fmt: skip
    assert set(Slot.objects.values_list("part", flat=True)) == {Slot.Part.IMPORTED}
    demography = Demographics.objects.get(subject__identifier=ONE)
    assert (demography.birth_year, demography.age_years, demography.sex) == (1960, 61, "F")
    assert demography.status == FormStatus.COMPLETE
    first, second = AdverseEvent.objects.filter(subject__identifier=ONE).order_by("sequence")
    assert (first.term_specify, second.term) == ("RHINORRHOEA (RUNNY NOSE)", "Nausea")
    assert (first.status, second.status) == (FormStatus.COMPLETE, FormStatus.COMPLETE)
    other = Disposition.objects.get(subject__identifier="01-901-002")
    assert (other.reason, other.detail) == ("OTHER", "LACK OF EFFICACY: NO EFFECT")


def test_the_infusion_says_what_is_unknown_and_sets_day_0(tmp_path: Path) -> None:
    load(small_study(tmp_path))
    given = Infusion.objects.get(subject__identifier="01-901-002")
    assert (given.assigned_dose_level, given.start_date, given.start_time) == (3, date(2021, 3, 1), None)
    assert (given.weight_kg, given.infused_cells_million, given.identity_matches) == (None, None, None)
    assert given.subject.infusion_date == date(2021, 3, 1)


def test_every_change_names_the_importer_and_the_source_record(tmp_path: Path) -> None:
    load(small_study(tmp_path))
    importer = User.objects.get(username="importer")
    assert [membership.role for membership in importer.memberships.all()] == ["sub-investigator"]
    assert importer.delegations.count() == 2
    changes = ItemChange.objects.filter(entity="AE", field="term")
    assert {change.changed_by for change in changes} == {importer.pk}
    assert {change.source for change in changes} == {"import"}
    assert {change.reason for change in changes} == {
        "SDTM import of INVENTED: ae AESEQ 1.", "SDTM import of INVENTED: ae AESEQ 2."
    }  # fmt: skip


def test_a_refused_subject_leaves_nothing_behind(tmp_path: Path) -> None:
    write(
        tmp_path,
        dm=[subject(ONE), subject("01-901-002")],
        ex=[exposure(ONE), exposure("01-901-002")],
        ae=[event(ONE), event(ONE, AESEQ="2", AESTDTC="2021-04-01", AEENDTC="2021-03-01"), event("01-901-002")],
        ds=[end(ONE), end("01-901-002")],
    )
    report = load_with_refusals(tmp_path)
    assert counts(report) == {
        "dm": [2, 1, 0, 1, 0],
        "ex": [2, 1, 0, 1, 0],
        "ae": [3, 1, 0, 2, 0],
        "ds": [2, 1, 0, 1, 0],
    }
    assert "The end is before the onset." in report
    assert "01-901-001 ae AESEQ 2" in report
    kept = Subject.objects.get()
    assert kept.identifier == "01-901-002"
    for model in (Demographics, Infusion, AdverseEvent, GradeChange, Disposition, Slot):
        assert set(model.objects.values_list("subject", flat=True)) == {kept.pk}, model
    chains = set(ItemChange.objects.filter(entity="DM").values_list("chain", flat=True))
    assert chains == {kept.pk}
    assert not Draft.objects.exists()
    assert Submission.objects.count() == 4


def test_twice_is_once_and_a_corrected_subject_is_taken_then(tmp_path: Path) -> None:
    dm = [subject(ONE), subject("01-901-002", AGE="17")]
    write(tmp_path, dm=dm, ae=[event(ONE)])
    assert "Enter a number from 18 to 120." in load_with_refusals(tmp_path)
    before = ItemChange.objects.count()
    assert counts(load_with_refusals(tmp_path))["dm"] == [2, 0, 0, 1, 1]
    assert ItemChange.objects.count() == before
    write(tmp_path, dm=[dm[0], subject("01-901-002", AGE="71")], ae=[event(ONE, AETERM="CHANGED")])
    assert counts(load(tmp_path)) == {"dm": [2, 1, 0, 0, 1], "ex": [0] * 5, "ae": [1, 0, 0, 0, 1], "ds": [0] * 5}
    assert AdverseEvent.objects.get().term_specify == "RHINORRHOEA (RUNNY NOSE)"


def test_rows_of_strangers_and_repeated_subjects_are_refused_once_each(tmp_path: Path) -> None:
    write(
        tmp_path,
        dm=[subject(ONE), subject("01-901-002"), subject("01-901-002")],
        ae=[event(ONE), event("01-901-002"), event("01-999-009")],
    )
    report = load_with_refusals(tmp_path)
    assert counts(report)["dm"] == [3, 1, 0, 2, 0]
    assert counts(report)["ae"] == [3, 1, 0, 2, 0]
    assert "The subject is not in dm." in report
    assert "dm names this subject more than once." in report


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"SITEID": "9011"}, "SITEID must be 1 to 3 letters or digits."),
        ({"AGE": "a lot"}, "Enter a number"),
        ({"AGEU": "MONTHS"}, "The age is given in MONTHS"),
        ({"DTHDTC": "2020-01-01"}, "The date of death is before the infusion."),
        ({"DTHDTC": "2021-02-31"}, "February 2021 has 28 days."),
    ],
)
def test_why_a_subject_is_refused(tmp_path: Path, values: dict[str, str], sentence: str) -> None:
    write(tmp_path, dm=[subject(ONE, **values)], ex=[exposure(ONE)])
    assert sentence in load_with_refusals(tmp_path)
    assert not Subject.objects.exists()


def test_partial_dates_arrive_as_they_are(tmp_path: Path) -> None:
    write(
        tmp_path,
        dm=[subject(ONE, BRTHDTC="1960")],
        ae=[event(ONE, AESTDTC="2021-03", AEENDTC="2021"), event(ONE, AESEQ="2", AESTDTC="")],
        ds=[end(ONE, DSSTDTC="2021-06")],
    )
    report = load(tmp_path)
    dated, undated = AdverseEvent.objects.order_by("sequence")
    assert (dated.onset_date, dated.end_date) == ("2021-03", "2021")
    assert GradeChange.objects.get().start_date == "2021-03"
    assert (undated.onset_date, undated.status) == ("", FormStatus.STARTED)
    assert Disposition.objects.get().off_study_date is None
    assert "DSSTDTC 2021-06" in report
    assert "Saved, not complete: Term: Enter the grade and its first date." in report


def test_a_death_is_entered_with_its_cause(tmp_path: Path) -> None:
    write(
        tmp_path,
        dm=[subject(ONE, DTHFL="Y", DTHDTC="2021-03-09")],
        ex=[exposure(ONE)],
        ae=[event(ONE, AEOUT="FATAL", AESEV="SEVERE", AEDECOD="SUDDEN DEATH")],
        ds=[end(ONE, DSDECOD="DEATH", DSTERM="DEATH", DSSTDTC="2021-03-09")],
    )
    load(tmp_path)
    death = Death.objects.get()
    assert (death.death_date, death.cause, death.cause_detail) == (date(2021, 3, 9), "ADVERSE EVENT", "SUDDEN DEATH")
    assert [row.grade for row in GradeChange.objects.order_by("position")] == [3, 5]
    found = Subject.objects.get()
    assert (found.status, found.death_date, found.off_study_date) == ("DIED", date(2021, 3, 9), date(2021, 3, 9))


def test_the_date_of_consent_is_entered_when_there_is_one(tmp_path: Path) -> None:
    write(tmp_path, dm=[subject(ONE, RFICDTC="2021-02-20T09:30")])
    load(tmp_path)
    consent = Consent.objects.get()
    assert (str(consent.consent_date), str(consent.consent_time)) == ("2021-02-20", "09:30:00")
    assert Subject.objects.get().consent_date == date(2021, 2, 20)


def test_text_like_a_formula_and_text_with_control_characters(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://example.org","x")'
    write(tmp_path, dm=[subject(ONE)], ae=[event(ONE, AETERM=formula), event(ONE, AESEQ="2", AETERM="é 😀 @SUM(1)")])
    load(tmp_path)
    assert [event.term_specify for event in AdverseEvent.objects.order_by("sequence")] == [
        f"RHINORRHOEA ({formula})", "RHINORRHOEA (é 😀 @SUM(1))"
    ]  # fmt: skip
    write(tmp_path, dm=[subject(ONE), subject("01-\x1b[2J")])
    assert "\x1b" not in load_with_refusals(tmp_path)


def test_an_over_long_text_is_refused_not_cut(tmp_path: Path) -> None:
    write(tmp_path, dm=[subject(ONE)], ae=[event(ONE, AETERM="x" * 250)])
    assert "at most 200 characters" in load_with_refusals(tmp_path)


@pytest.mark.parametrize("environment", ["production", ""])
def test_refused_where_patients_are_treated(tmp_path: Path, settings: Any, environment: str) -> None:
    settings.EDC_ENVIRONMENT = environment
    assert "a training database only" in not_started(small_study(tmp_path))
    assert not Site.objects.exists()


def test_a_place_cannot_be_imported_where_patients_are_treated(people: People, settings: Any) -> None:
    found = add_subject(by=people.coordinator, site=people.site)
    settings.EDC_ENVIRONMENT = "production"
    with pytest.raises(DomainError, match="a training database only"):
        assign_imported(by=people.coordinator, subject=found, dose_level=1)
    assert not Slot.objects.exists()


def test_refused_beside_other_subjects(tmp_path: Path, people: People) -> None:
    add_subject(by=people.coordinator, site=people.site)
    assert "holds 1 subjects that are not of study INVENTED" in not_started(small_study(tmp_path))
    assert Subject.objects.count() == 1


def test_refused_beside_another_study(tmp_path: Path) -> None:
    load(small_study(tmp_path / "a"))
    write(tmp_path / "b", dm=[subject("02-901-001", STUDYID="INVENTED2")])
    assert "not of study INVENTED2" in not_started(tmp_path / "b")


def test_a_file_that_cannot_be_read_starts_nothing(tmp_path: Path) -> None:
    (small_study(tmp_path) / "ds.csv").unlink()
    assert "no ds.csv" in not_started(tmp_path)
    assert not Site.objects.exists()


def test_a_named_person_needs_the_rights_at_every_site(tmp_path: Path, people: People) -> None:
    write(tmp_path, dm=[subject(ONE, SITEID="01")], ae=[event(ONE)])
    assert not_started(tmp_path, username="nobody") == "There is no active user nobody."
    assert "delegated judgement at site 01" in not_started(tmp_path, username="coordinator")
    load(tmp_path, username="sub_investigator")
    change = ItemChange.objects.get(entity="AE", field="relationship_car_t")
    assert change.changed_by == people.sub_investigator.pk
    assert not User.objects.filter(username="importer").exists()


def test_the_report_file_has_every_place(tmp_path: Path) -> None:
    names = [f"01-901-{number:03d}" for number in range(1, 9)]
    folder = write(tmp_path / "study", dm=[subject(name, AGE="85") for name in names])
    printed = load(folder, report=tmp_path / "report.txt")
    written = (tmp_path / "report.txt").read_text()
    assert "and 3 more" in printed
    assert all(name in written for name in names)
    assert not all(name in printed for name in names)


def test_a_report_that_cannot_be_written_starts_nothing(tmp_path: Path) -> None:
    assert "cannot be written" in not_started(small_study(tmp_path / "study"), report=tmp_path / "no" / "report.txt")
    assert not Subject.objects.exists()
