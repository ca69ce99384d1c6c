"""Files that are not SDTM end in one clear sentence, before anything is loaded."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dosing.sdtm.reading import UnreadableFile, read_source
from tests.sdtm.files import small_study, subject, write


def refusal(folder: Path) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_source(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_rows_keep_their_order_and_line(tmp_path: Path) -> None:
    source = read_source(small_study(tmp_path))
    assert source.study == "INVENTED"
    assert [(row.line, row.usubjid) for row in source.dm][:2] == [(2, "01-901-001"), (3, "01-901-002")]
    assert len(source.events["01-901-001"]) == 2
    assert not source.has_laboratory


def test_compressed_files_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    plain = small_study(tmp_path) / "ae.csv"
    (tmp_path / "AE.CSV.GZ").write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain.read_bytes()))
    plain.unlink()
    laboratory = b"STUDYID,USUBJID,LBTESTCD,LBORRES,LBORRESU\nINVENTED,01-901-001,ALT,30,U/L\n"
    (tmp_path / "lb.csv.gz").write_bytes(gzip.compress(laboratory))
    source = read_source(tmp_path)
    assert len(source.ae) == 2
    assert source.has_laboratory


def test_missing_folder(tmp_path: Path) -> None:
    assert "is not a folder" in refusal(tmp_path / "nowhere")


def test_missing_file(tmp_path: Path) -> None:
    (small_study(tmp_path) / "ex.csv").unlink()
    assert "no ex.csv or ex.csv.gz" in refusal(tmp_path)


def test_missing_column(tmp_path: Path) -> None:
    file = small_study(tmp_path) / "ae.csv"
    file.write_text(file.read_text().replace("AEOUT", "OUTCOME", 1).replace("AEREL", "RELATION", 1))
    assert refusal(tmp_path) == "ae.csv has no column AEREL, AEOUT."


def test_column_twice(tmp_path: Path) -> None:
    file = small_study(tmp_path) / "dm.csv"
    file.write_text(file.read_text().replace("RFICDTC", "SEX", 1))
    assert refusal(tmp_path) == "dm.csv has the column SEX more than once."


def test_undecodable_byte(tmp_path: Path) -> None:
    file = small_study(tmp_path) / "ae.csv"
    file.write_bytes(file.read_bytes().replace(b"RUNNY NOSE", b"RUNNY NOS\xe9", 1))
    assert refusal(tmp_path) == "ae.csv, line 2: byte 0xE9 is not UTF-8 text; save the file as UTF-8."


def test_row_of_another_length(tmp_path: Path) -> None:
    file = small_study(tmp_path) / "ex.csv"
    file.write_text(file.read_text() + "INVENTED,EX\n")
    assert refusal(tmp_path).startswith("ex.csv, line 6 has 2 cells where the header has 6")


def test_broken_archive(tmp_path: Path) -> None:
    plain = small_study(tmp_path) / "ds.csv"
    (tmp_path / "ds.csv.gz").write_bytes(gzip.compress(plain.read_bytes())[:-9])
    plain.unlink()
    assert refusal(tmp_path).startswith("ds.csv.gz cannot be read")


def test_both_spellings_of_a_file(tmp_path: Path) -> None:
    (small_study(tmp_path) / "ds.csv.gz").write_bytes(b"")
    assert refusal(tmp_path) == "The folder holds ds.csv, ds.csv.gz; leave one of them."


def test_two_studies(tmp_path: Path) -> None:
    write(tmp_path, dm=[subject("01-901-001"), subject("01-901-002", STUDYID="OTHER")])
    assert "one study; STUDYID is 'INVENTED', 'OTHER'" in refusal(tmp_path)


def test_no_subject(tmp_path: Path) -> None:
    write(tmp_path)
    assert refusal(tmp_path) == "The dm file has no subject."
