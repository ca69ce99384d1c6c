"""The document, read back as a reader's software reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.content.facts import StudyFacts
from reports.content.safety import content_hash, safety_report
from reports.pdf.fonts import FOLDER, markup, plain
from reports.pdf.making import Making
from reports.pdf.safety import safety_pdf
from safety.shifts import ShiftTable
from tests.reports.sample import CRS, EVENTS, FACTS, IMMUNE, event, many

MAKING = Making(
    "Peter Braun", datetime(2026, 11, 23, 6, 5, tzinfo=UTC), "CART-101 EDC 0.1.0", "en-GB", "Site 01 Shanghai"
)


def read(facts: StudyFacts) -> PdfReader:
    report = safety_report(facts)
    return PdfReader(BytesIO(safety_pdf(report, content_hash(report), MAKING, lambda _done, _total: None).content))


def texts(reader: PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def outline(reader: PdfReader) -> list[str]:
    return [str(entry["/Title"]) for entry in reader.outline if not isinstance(entry, list)]


@pytest.fixture(scope="module")
def small() -> PdfReader:
    return read(FACTS)


def test_every_page_says_what_it_is(small: PdfReader) -> None:
    pages = texts(small)
    for number, text in enumerate(pages, start=1):
        assert "CD70-CART-101 · Cumulative safety report" in text
        assert "Data cut-off 22-Nov-2026 23:59 UTC+08:00" in text
        assert "Site 01 Shanghai" in text
        assert "DRAFT – contains unverified data: 12 items · 3 open queries" in text
        assert f"page {number} of {len(pages)}" in text
        assert "Generated 23-Nov-2026 14:05 UTC+08:00 by Peter Braun · CART-101 EDC 0.1.0" in text


def test_the_first_page_shows_the_checksum_of_the_content(small: PdfReader) -> None:
    assert content_hash(safety_report(FACTS)) in texts(small)[0]


def test_numbers_stand_in_the_tables(small: PdfReader) -> None:
    whole = " ".join(texts(small))
    assert "Subjects infused 3 2 0 5" in whole
    assert "100.0 (95.0–101.0) 97.5 (95.0–100.0) – 100.0 (95.0–101.0)" in whole
    assert "Any adverse event, any grade 2 (66.7 %) 4 2 (100.0 %) 4 0 0 4 (80.0 %) 8 1 (100.0 %) 1" in whole
    assert "Cytokine release syndrome 2 (66.7 %) 2 1 (50.0 %) 1 0 0 3 (60.0 %) 3 0 0" in whole
    assert "≥ 1 × 10⁶ cells/kg" in whole
    assert "78, ongoing" in whole
    assert "Skin and subcutaneous tissue disorders 0 0 1 (50.0 %) 1" in whole
    assert "Other, specify: Application site itching 0 0 1 (50.0 %) 1" in whole
    assert "disorders - Other, specify" not in whole, "the class is not repeated under its own name"


@pytest.mark.req("R12")
def test_signatures_show_printed_name_role_time_with_zone_and_meaning(small: PdfReader) -> None:
    whole = " ".join(texts(small))
    assert (
        "Signed by Chen Yu, Investigator, 01-Oct-2026 10:30:15 UTC+08:00:"
        " “I reviewed the data and make this dose decision”" in whole
    )
    assert "Superseded, review" in whole
    assert "The grade of event 2 of 01-001 changed from 3 to 4." in whole


def test_properties_outline_and_language(small: PdfReader) -> None:
    assert small.metadata is not None
    assert small.metadata.title == "CD70-CART-101 Cumulative safety report"
    assert small.metadata.author == "Peter Braun"
    assert small.trailer["/Root"]["/Lang"] == "en-GB"  # type: ignore[index]
    titles = outline(small)
    assert titles[0] == "1. Exposure by dose level" and titles[-1] == "10. Decision log" and len(titles) == 10


def test_outline_entries_lead_to_their_page(small: PdfReader) -> None:
    pages = texts(small)
    for entry in small.outline:
        if not isinstance(entry, list):
            place = small.get_destination_page_number(entry)
            assert place is not None and str(entry["/Title"]) in pages[place]


def fonts_of(reader: PdfReader) -> dict[str, bool]:
    """Return every font that the pages name, and whether its outlines are in the file."""
    found = {}
    for page in reader.pages:
        for reference in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font = reference.get_object()
            descriptor = font["/FontDescriptor"].get_object() if "/FontDescriptor" in font else {}
            found[str(font["/BaseFont"]).split("+")[-1].lstrip("/")] = "/FontFile2" in descriptor
    return found


def test_every_font_is_embedded_the_chinese_one_too(small: PdfReader) -> None:
    assert fonts_of(small) == {
        "IBMPlexSans-Regular": True, "IBMPlexSans-SemiBold": True, "NotoSansSC-Regular": True,
    }  # fmt: skip
    assert "Septic shock, 感染性休克" in " ".join(texts(small))


def test_a_chinese_comment_is_written_with_glyphs_of_the_embedded_font() -> None:
    comment = "受试者于回输后第3天出现发热，给予托珠单抗治疗后好转。"
    told = event("01-001", 9, CRS, IMMUNE, 3, onset="2026-06-04", treatment=comment)
    reader = read(replace(FACTS, events=(told,), deaths=(), decisions=()))
    assert comment in "".join("".join(texts(reader)).split())
    assert fonts_of(reader)["NotoSansSC-Regular"] and "STSong-Light" not in fonts_of(reader)


def test_a_rare_character_is_shown_by_the_reader_and_the_others_stay_embedded() -> None:
    assert markup("恶䶮") == '<font name="NotoSansSC-Regular">恶</font><font name="STSong-Light">䶮</font>'


def test_the_same_content_made_at_the_same_moment_has_the_same_bytes_and_another_moment_changes_little() -> None:
    report = safety_report(FACTS)

    def made(making: Making) -> bytes:
        return safety_pdf(report, content_hash(report), making, lambda _done, _total: None).content

    later = replace(MAKING, generated_at=MAKING.generated_at.replace(hour=7))
    assert made(MAKING) == made(MAKING) != made(later)
    first, second = (PdfReader(BytesIO(made(each))) for each in (MAKING, later))
    assert first.metadata is not None and first.metadata.creation_date == MAKING.generated_at
    assert [text.replace("14:05", "15:05") for text in texts(first)] == texts(second)


def test_each_term_has_its_shift_table_with_sums() -> None:
    rows = (
        (0, (1, 0, 0, 2, 0)),
        (1, (0, 1, 0, 0, 0)),
        (2, (0,) * 5),
        (3, (0,) * 5),
        (4, (0,) * 5),
        (None, (0, 0, 1, 0, 0)),
    )
    table = ShiftTable("Platelet count decreased", rows, 5, ("01-001", "01-004"))
    reader = read(replace(FACTS, shifts=(table,)))
    whole = " ".join(texts(reader))
    head = "Grade before treatment Worst grade 0 Worst grade 1 Worst grade 2 Worst grade 3 Worst grade 4 Subjects"
    assert f"{head} 0 1 0 0 2 0 3 1 0 1 0 0 0 1 2" in whole and "Unknown 0 0 1 0 0 1 All 1 1 1 2 0 5" in whole
    assert "Grade 3 or higher: 01-001, 01-004" in whole


def test_every_event_is_listed_in_order_of_class_term_and_subject(small: PdfReader) -> None:
    whole = " ".join(texts(small))
    listed = whole[whole.rindex("9. Listing of adverse events") : whole.rindex("10. Decision log")]
    places = [listed.index(soc) for soc in ("Gastrointestinal", IMMUNE, "Infections", "Investigations", "Nervous")]
    assert places == sorted(places)
    assert f"{IMMUNE} Cytokine release syndrome 01-001 DL1 1 2" in listed
    assert [listed.index(f"Cytokine release syndrome {name}") for name in ("01-001", "01-002", "01-004")] == sorted(
        listed.index(f"Cytokine release syndrome {name}") for name in ("01-001", "01-002", "01-004")
    )
    assert "Other, specify: Application site itching" in listed


def test_nothing_yet() -> None:
    reader = read(
        replace(FACTS, subjects=(), events=(), assessments=(), dlts=(), deaths=(), decisions=(), unverified=0)
    )
    whole = " ".join(texts(reader))
    for sentence in ("No events.", "No assessments.", "No deaths.", "No decisions.", "No dose-limiting toxicity"):
        assert sentence in whole
    assert "DRAFT" not in whole


def test_a_long_table_repeats_its_header_on_every_page() -> None:
    reader = read(many(300))
    pages = texts(reader)
    first = next(i for i, text in enumerate(pages) if "6. Serious adverse events" in text and i)
    for text in pages[first : first + 5]:
        assert "Subject Level Event Term Onset" in text
    table = next(i for i, text in enumerate(pages) if "3. Adverse events by system organ class" in text and i)
    for text in pages[table : table + 5]:
        assert "N = 100" in text and "N = 300" in text
    assert f"page {len(pages)} of {len(pages)}" in pages[-1] and len(pages) > 50


def test_words_longer_than_the_column_and_long_texts_are_wrapped_not_cut() -> None:
    long = event("01-001", 9, CRS, IMMUNE, 3, onset="2026-06-04", treatment="x" * 700 + " tocilizumab " * 300)
    reader = read(replace(FACTS, events=(*EVENTS, long)))
    whole = "".join(page.extract_text() for page in reader.pages)
    assert whole.count("x" * 20) >= 10 and sum(line.count("x") for line in whole.splitlines() if "xxx" in line) == 700
    assert whole.count("tocilizumab") >= 300


def test_text_that_means_something_to_markup_is_shown_as_it_is() -> None:
    assert markup("a < b & <b>c</b>") == "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;"
    assert plain("≥ × ⁶ µ – ° ≤ − † → ±") == "≥ × ⁶ µ – ° ≤ − † → ±"
    assert plain("\U0001f600") == "[U+1F600]"
    nasty = event("01-001", 9, "<para>Nausea & <font", "Gastrointestinal disorders", 1, specify="\U0001f600 恶心")
    whole = " ".join(texts(read(replace(FACTS, events=(*EVENTS, nasty)))))
    assert "<para>Nausea & <font" in whole


def test_the_vendored_fonts_are_those_of_the_checksum_file() -> None:
    import hashlib

    for line in (FOLDER / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest
