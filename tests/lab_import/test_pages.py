"""The pages of the laboratory files: from sending to saving, and what each says when something is not as it should."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enrollment.models import Subject
from safety.lab_import import services
from safety.models.laboratory_import import LaboratoryImport
from tests.bedside.columns import browser
from tests.lab_import.files import COUNTS, HEADER, as_csv, as_xlsx
from tests.lab_import.sending import file_of, saved, send
from tests.people import People
from trial_edc.audit.models import AccessEvent

PAGE = "/laboratory/files/"


def sent(people: People, content: bytes, name: str = "ward.csv") -> Any:
    body = {"site": str(people.site.pk), "file": SimpleUploadedFile(name, content)}
    return browser(people.coordinator).post(PAGE, body, follow=True)


def test_the_pages_from_sending_to_saving(people: People, subject: Subject) -> None:
    client = browser(people.coordinator)
    assert "No laboratory file was sent yet." in client.get(PAGE).content.decode()
    header = ("Patient", "When", "Time", "Test", "Result", "Unit", "LLN", "ULN")
    page = sent(people, as_csv(file_of(subject, 3, results=COUNTS), header=header))
    url, content = page.redirect_chain[-1][0], page.content.decode()
    assert "Name the columns." in content and "Subject, Date of collection" in content
    assert subject.identifier in content and "Columns to be named" in client.get(PAGE).content.decode()
    columns = ("subject", "collected", "time", "analyte", "value", "unit", "low", "high")
    named = {f"column-{target}": str(number) for number, target in enumerate(columns)}
    content = client.post(url, named | {"act": "columns"}, follow=True).content.decode()
    assert "Save 1 form<" in content and "New forms by subject" in content
    assert "Ready to be taken in" in client.get(PAGE).content.decode()
    content = client.post(url, {"act": "import"}, follow=True).content.decode()
    assert "1 form was saved." in content and "Save 1 form<" not in content
    assert saved() == (1, 0)
    assert "Taken in" in client.get(PAGE).content.decode()


def test_the_very_same_file_leads_back_and_one_with_the_same_samples_has_nothing_to_save(
    people: People, subject: Subject
) -> None:
    rows = file_of(subject, 3)
    services.start_import(by=people.coordinator, upload=send(people, rows))
    assert "Exactly this file was sent before" in sent(people, as_csv(rows)).content.decode()
    content = sent(people, as_csv([*rows, rows[0]])).content.decode()
    assert "there is nothing to save" in content and "All on file already" in content
    assert LaboratoryImport.objects.count() == 2


def test_faults_stand_by_line_and_can_be_taken_away(people: People, subject: Subject) -> None:
    rows = file_of(subject, 3, 4)
    for row in rows[::3]:
        row[5] = "=mmHg"
    page = sent(people, as_csv(rows))
    content = page.content.decode()
    assert "4 rows with faults" in content and "Save" not in content.partition("<h2")[2].partition("Columns")[0]
    assert "2 rows: “=mmHg” is no unit of WBC." in content
    url = page.redirect_chain[-1][0]
    response = browser(people.monitor).get(f"{url}faults/")
    lines = response.content.decode().splitlines()[1:]
    assert [line.split(",")[:2] for line in lines] == [
        ["2", "“=mmHg” is no unit of WBC."], ["5", "“=mmHg” is no unit of PLAT."],
        ["8", "“=mmHg” is no unit of WBC."], ["11", "“=mmHg” is no unit of PLAT."],
    ]  # fmt: skip
    assert lines[0].endswith(f"{subject.identifier} · {rows[0][1]} · 08:10 · WBC · 5.1 · =mmHg")
    assert "rows=4" in AccessEvent.objects.get(action="laboratory faults").detail
    assert browser(people.elsewhere).get(f"{url}faults/").status_code == 404
    assert browser(people.elsewhere).get(f"{url}progress/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("report.pdf", b"%PDF-1.7\n\x00", "This is a PDF document."),
        ("lab.csv", b"", "The file is empty."),
        ("lab.csv", b"Subject,Result\n\n", "no row under it"),
        ("lab.xls", b"\xd0\xcf\x11\xe0rest", "old kind (XLS)"),
        ("broken.xlsx", b"PK", "no XLSX workbook"),
        ("lab.csv", b"a\x00b", "neither a CSV file"),
    ],
    ids=["pdf", "empty", "no rows", "xls", "damaged", "binary"],
)
def test_a_wrong_file_is_refused_at_its_field(people: People, name: str, content: bytes, sentence: str) -> None:
    page = sent(people, content, name)
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text and "<title>Error:" in text
    assert not LaboratoryImport.objects.exists()


def test_what_deserves_a_second_look_is_said(people: People, subject: Subject) -> None:
    rows = file_of(subject, 3, results=COUNTS[:1])
    content = sent(people, as_csv([[*row, "9"] for row in rows], header=(*HEADER, "Result"))).content.decode()
    assert "More than one column has the heading: Result" in content and "I: Result" in content
    text = "受试者,采样日期,项目,结果,单位\n01-001,2026-03-05,WBC,5.1,10^9/L\n"
    assert "read as GB 18030" in sent(people, text.encode("gb18030")).content.decode()
    content = sent(people, as_xlsx(rows), "ward.xlsx").content.decode()
    assert "Only the first sheet of the workbook is read; 1 other is not." in content and "Save 1 form<" in content
