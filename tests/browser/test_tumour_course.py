"""The course of a tumour on its pages: baseline, pseudoprogression, a mismatch answered, an old visit edited.

Baseline 80 mm. Day 28: 96 mm, unconfirmed progression. Month 3: 60 mm, which takes it back; the investigator calls it a
partial response, the rules do not. Month 6: 105 mm, unconfirmed again. Month 9: 115 mm, confirmed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.looking import serious

Sit = Callable[..., Desk]
#: Visit -> days ago, the two diameters, the judgement: target, overall, overall by iRECIST; and what the rules say.
COURSE = {
    "D28": (300, ("66", "30"), ("PD", "PD", "iUPD"), ("96", "Overall PD", "Overall iUPD")),
    "M3": (240, ("40", "20"), ("PR", "PR", "iPR"), ("60", "Overall SD", "Overall iSD")),
    "M6": (150, ("75", "30"), ("PD", "PD", "iUPD"), ("105", "Overall PD", "Overall iUPD")),
    "M9": (60, ("85", "30"), ("PD", "PD", "iCPD"), ("115", "Overall PD", "Overall iCPD")),
}
LESION = {"nodal": "false", "lesion_type": "soft_tissue", "method": "CT SCAN", "slice_mm": "5",
          "prior_local_therapy": "false"}  # fmt: skip
SUBJECT = "JOIN enrollment_subject s ON s.id = {}.subject_id WHERE s.identifier = %s"
RESULT = f"SELECT output->'points' FROM review_ruleresult r {SUBJECT.format('r')} AND rule = %s"
TRAIL = (
    "SELECT count(*) FROM audit_itemchange c JOIN review_ruleresult r ON r.id = c.record"
    f" {SUBJECT.format('r')} AND rule = 'irecist-sequence' AND c.field = 'output'"
)
ASKED = f"SELECT visit, field, state FROM review_query q {SUBJECT.format('q')} ORDER BY 1, 2"


def ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def fill(page: Page, values: Mapping[str, str]) -> None:
    """Put values into the named controls, whatever each of them is."""
    for name, value in values.items():
        control = page.locator(f'[name="{name}"]:visible').first
        kind = control.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "radio":
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "select":
            control.select_option(value)
        else:
            control.fill(value)


def confirm_doubts(page: Page) -> None:
    """Wait for the server's answer, then confirm what it asks about."""
    page.wait_for_load_state("networkidle")
    for box in page.locator(".confirm input:not(:checked)").all():
        box.check()
    page.wait_for_load_state("networkidle")


def complete(page: Page, words: str) -> None:
    page.locator("[data-complete]").click()
    expect(page.locator(".messages .note").first).to_contain_text(words)


def add_subject(one: Desk) -> str:
    page = one.open("/subjects/add/")
    page.locator("main button.btn-primary").click()
    page.wait_for_url("**/subjects/01-*/**")
    return page.url.split("/subjects/")[1].split("/")[0]


def baseline(page: Page) -> None:
    """Choose two lesions; one too small is warned about while it is typed."""
    fill(page, {"TL-imaging_done": "true", "TL-scan_date": ago(330)})
    for number, (organ, size) in enumerate((("LIVER", "50"), ("LUNG", "9"))):
        page.locator("[data-rows=TLB] [data-add-row]").click()
        row = {"organ": organ, **LESION, "long_mm": size}
        fill(page, {f"TLB-{number}-{name}": value for name, value in row.items()})
    page.keyboard.press("Tab")
    expect(page.locator("#computed .drv")).to_contain_text("9 mm")
    fill(page, {"TLB-1-long_mm": "30"})
    page.keyboard.press("Tab")
    expect(page.locator("#computed h2").first).to_have_text("Baseline sum 80 mm")
    expect(page.locator("#computed .drv")).to_have_count(0)
    confirm_doubts(page)
    complete(page, "Saved and complete: Target lesions.")


def assessed(page: Page, visit: str) -> None:
    """Enter one assessment: the sums follow, the computed response waits, the judgement reveals it."""
    days, sizes, judged, said = COURSE[visit]
    on = ago(days)
    rows = {f"TLM-{n}-{name}": value for n, size in enumerate(sizes)
            for name, value in (("status", "measured"), ("mm", size), ("method", "CT SCAN"))}  # fmt: skip
    fill(page, {"TL-imaging_done": "true", "TL-scan_date": on, **rows})
    page.keyboard.press("Tab")
    expect(page.locator("#sum-sum")).to_have_text(said[0])
    expect(page.locator("#sum-response")).to_have_text("after your judgement")
    fill(page, {"NL-imaging_done": "true", "NL-scan_date": on, "NL-any_new": "false",
                "RESP-assessment_done": "true", "RESP-assessment_date": on, "RESP-tumour_marker": "NORMAL",
                "RESP-new_symptom": "false", "RESP-clinically_stable": "true", "RESP-target_response": judged[0],
                "RESP-non_target_response": "NA", "RESP-overall_response": judged[1],
                "RESP-immune_response": judged[2]})  # fmt: skip
    confirm_doubts(page)
    expect(page.locator("#computed h2").first).to_have_text("Judge first")
    complete(page, "Saved and complete: Target lesions, New lesions, Overall response.")
    expect(page.locator("#computed h2").nth(0)).to_have_text(said[1])
    expect(page.locator("#computed h2").nth(1)).to_have_text(said[2])


def test_the_course_of_a_tumour(desk: Sit, rows: Any) -> None:
    one = desk("liu.yang", width=1280)
    subject = add_subject(one)
    address = f"/course/{subject}/tumour/"
    baseline(one.open(f"{address}SCR/"))
    for visit in COURSE:
        page = one.open(f"{address}{visit}/")
        assessed(page, visit)
        if visit == "D28":
            assert serious(page) == []
            assert "Scan to confirm the progression" in (one.open("/desk/").text_content("main") or "") or subject in (
                one.open("/desk/scans-to-confirm/").text_content("main") or ""
            )
    assert rows(ASKED, subject) == [("M3", "immune_response", "open"), ("M3", "overall_response", "open")]

    page = one.open(f"{address}M3/")
    page.locator(".q-open").first.click()
    page.locator(".panel-thread textarea").fill("Smaller in the view of the investigator; both are kept.")
    page.locator(".panel-thread .buttons button").first.click()
    expect(page.locator(".panel-thread .thread.answered")).to_be_visible()
    assert ("M3", "overall_response", "answered") in rows(ASKED, subject)

    before = rows(TRAIL, subject)
    page = one.open(f"{address}M6/")
    fill(page, {"TLM-0-mm": "41", "reason_code": "SOURCE"})
    page.keyboard.press("Tab")
    expect(page.locator("#sum-sum")).to_have_text("71")
    confirm_doubts(page)
    complete(page, "Saved and complete: Target lesions.")
    expect(page.locator("#computed h2").first).to_have_text("Overall SD")
    assert [point["response"] for point in rows(RESULT, subject, "irecist-sequence")[0][0]] == [
        "iUPD", "iSD", "iSD", "iUPD"
    ]  # fmt: skip
    assert rows(TRAIL, subject) > before
    assert ("M9", "immune_response", "open") in rows(ASKED, subject), "iCPD is now the first iUPD"
    sums_are_drawn(one.open(address))


def sums_are_drawn(page: Page) -> None:
    """The figure has a mark for every sum of the table, and the keyboard reads each."""
    table = page.locator("table").first
    cells = table.locator("tr", has_text="Sum of diameters").locator("td").all_text_contents()
    marks = page.locator(".figure-mark")
    said = [mark.get_attribute("aria-label") or "" for mark in marks.all()]
    assert [text.partition(" mm")[0] for text in said] == cells == ["80", "96", "60", "71", "115"]
    page.locator("[data-figure]").first.focus()
    for text in said:
        page.keyboard.press("ArrowRight")
        expect(page.locator("[data-figure-reading]").first).to_have_text(text)
    page.locator("details.figure-data summary").first.click()
    expect(page.locator("details.figure-data table").first).to_be_visible()
    for kind in ("SVG", "PNG"):
        with page.expect_download() as download:
            page.locator("a[download]", has_text=kind).first.click()
        assert download.value.suggested_filename.endswith(f".{kind.lower()}")


def test_every_figure_of_efficacy_is_read_mark_by_mark(desk: Sit) -> None:
    one = desk("anna.novak", width=1280)
    drawn = 0
    for tab in ("response", "time", "subjects", "kinetics", "cytokines"):
        page = one.open(f"/efficacy/{tab}/")
        for figure in page.locator("[data-figure]").all():
            labels = [mark.get_attribute("aria-label") for mark in figure.locator(".figure-mark").all()]
            figure.focus()
            page.keyboard.press("End")
            assert labels and all(labels)
            expect(figure.locator("[data-figure-reading]")).to_have_text(labels[-1] or "")
            drawn += 1
    assert drawn >= 8
