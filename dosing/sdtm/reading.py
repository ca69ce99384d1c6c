"""From CSV files to rows: header, encoding and shape are checked here, the meaning of a value nowhere."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from django.utils.translation import gettext as _

LONGEST_CELL = 100_000


class UnreadableFile(Exception):
    """A file cannot be read as SDTM; the text is one sentence that says which and why."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One record; the fields are the variables by their SDTM names. A field without default is a required column."""

    line: int
    studyid: str
    usubjid: str


@dataclass(frozen=True, kw_only=True)
class DemographicsRow(Row):
    """DM: one subject."""

    siteid: str
    age: str
    ageu: str = ""
    sex: str
    brthdtc: str = ""
    rficdtc: str = ""
    rfxstdtc: str = ""
    dthdtc: str = ""
    dthfl: str = ""
    armcd: str = ""
    actarmcd: str


@dataclass(frozen=True, kw_only=True)
class ExposureRow(Row):
    """EX: one interval of treatment."""

    exseq: str
    exdose: str
    exstdtc: str


@dataclass(frozen=True, kw_only=True)
class EventRow(Row):
    """AE: one adverse event. AETOXGR is preferred to AESEV where a file has it."""

    aeseq: str
    aeterm: str
    aedecod: str
    aesoc: str = ""
    aebodsys: str = ""
    aesev: str = ""
    aetoxgr: str = ""
    aeser: str
    aerel: str
    aeout: str
    aeacn: str = ""
    aestdtc: str
    aeendtc: str
    aesdth: str = ""
    aeslife: str = ""
    aeshosp: str = ""
    aesdisab: str = ""
    aescong: str = ""
    aesmie: str = ""
    aescan: str = ""
    aesod: str = ""


@dataclass(frozen=True, kw_only=True)
class DispositionRow(Row):
    """DS: one milestone or disposition event."""

    dsseq: str
    dsterm: str = ""
    dsdecod: str
    dscat: str
    dsstdtc: str


@dataclass(frozen=True, kw_only=True)
class LaboratoryRow(Row):
    """LB: one laboratory result with its limits of normal."""

    lbtestcd: str
    lborres: str
    lborresu: str
    lbornrlo: str = ""
    lbornrhi: str = ""
    lbnrind: str = ""
    lbblfl: str = ""
    lbdtc: str = ""


DOMAINS: Mapping[str, type[Row]] = {
    "dm": DemographicsRow,
    "ex": ExposureRow,
    "ae": EventRow,
    "ds": DispositionRow,
}
R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Source:
    """The files of one study, each row in the order of its file."""

    study: str
    dm: tuple[DemographicsRow, ...]
    ex: tuple[ExposureRow, ...]
    ae: tuple[EventRow, ...]
    ds: tuple[DispositionRow, ...]
    lb: tuple[LaboratoryRow, ...] = ()

    @property
    def has_laboratory(self) -> bool:
        """Whether there is a file with laboratory results."""
        return bool(self.lb)

    def rows(self, domain: str) -> tuple[Row, ...]:
        """Return the rows of a domain by its two-letter code."""
        found: tuple[Row, ...] = getattr(self, domain)
        return found

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The subjects that dm names more than once."""
        return frozenset(name for name, times in Counter(row.usubjid for row in self.dm).items() if times > 1)

    @cached_property
    def exposures(self) -> Mapping[str, list[ExposureRow]]:
        return _by_subject(self.ex)

    @cached_property
    def events(self) -> Mapping[str, list[EventRow]]:
        return _by_subject(self.ae)

    @cached_property
    def dispositions(self) -> Mapping[str, list[DispositionRow]]:
        return _by_subject(self.ds)


def _by_subject(rows: tuple[R, ...]) -> Mapping[str, list[R]]:
    grouped: dict[str, list[R]] = defaultdict(list)
    for row in rows:
        grouped[row.usubjid].append(row)
    return grouped


def read_source(folder: Path) -> Source:
    """Read dm, ex, ae and ds from a folder, each as .csv or .csv.gz; UnreadableFile when one cannot be read."""
    if not folder.is_dir():
        raise UnreadableFile(_("%(folder)s is not a folder.") % {"folder": folder})
    dm = _read(folder, "dm", DemographicsRow)
    source = Source(
        study=dm[0].studyid if dm else "",
        dm=dm,
        ex=_read(folder, "ex", ExposureRow),
        ae=_read(folder, "ae", EventRow),
        ds=_read(folder, "ds", DispositionRow),
        lb=_read(folder, "lb", LaboratoryRow) if _find(folder, "lb") is not None else (),
    )
    _require_one_study(source)
    return source


def _require_one_study(source: Source) -> None:
    if not source.dm:
        raise UnreadableFile(_("The dm file has no subject."))
    studies = {row.studyid for domain in DOMAINS for row in source.rows(domain)}
    if len(studies) > 1 or not source.study:
        raise UnreadableFile(
            _("The files must hold one study; STUDYID is %(found)s.")
            % {"found": ", ".join(sorted(repr(name) for name in studies))}
        )


def _find(folder: Path, domain: str) -> Path | None:
    wanted = (f"{domain}.csv", f"{domain}.csv.gz")
    found = sorted(path for path in folder.iterdir() if path.name.lower() in wanted)
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UnreadableFile(_("The folder holds %(names)s; leave one of them.") % {"names": names})
    return found[0] if found else None


def _read(folder: Path, domain: str, kind: type[R]) -> tuple[R, ...]:
    path = _find(folder, domain)
    if path is None:
        raise UnreadableFile(
            _("The folder %(folder)s has no %(domain)s.csv or %(domain)s.csv.gz.")
            % {"folder": folder, "domain": domain}
        )
    # Rows come one by one, but a broken last byte of a compressed file is met before any of them is loaded.
    return tuple(_rows(path, _text(path), kind))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableFile(_("%(file)s cannot be read: %(why)s.") % {"file": path.name, "why": problem}) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise UnreadableFile(
            _("%(file)s, line %(line)s: byte 0x%(byte)02X is not UTF-8 text; save the file as UTF-8.")
            % {"file": path.name, "line": line, "byte": content[problem.start]}
        ) from None


def _rows(path: Path, text: str, kind: type[R]) -> Iterator[R]:
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        _check_header(path, header, kind)
        wanted = {field.name for field in fields(kind)} - {"line"}
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise UnreadableFile(
                    _("%(file)s, line %(line)s has %(cells)s cells where the header has %(columns)s.")
                    % {"file": path.name, "line": lines.line_num, "cells": len(cells), "columns": len(header)}
                )
            named = zip(header, cells, strict=True)
            yield kind(line=lines.line_num, **{name: cell.strip() for name, cell in named if name in wanted})
    except csv.Error as problem:
        raise UnreadableFile(
            _("%(file)s, line %(line)s is not CSV: %(why)s.")
            % {"file": path.name, "line": lines.line_num, "why": problem}
        ) from None


def _check_header(path: Path, header: list[str], kind: type[Row]) -> None:
    required = [field.name for field in fields(kind) if field.default is MISSING and field.name != "line"]
    lacking = [name.upper() for name in required if name not in header]
    if lacking:
        raise UnreadableFile(_("%(file)s has no column %(names)s.") % {"file": path.name, "names": ", ".join(lacking)})
    twice = sorted(name.upper() for name, times in Counter(header).items() if times > 1)
    if twice:
        raise UnreadableFile(
            _("%(file)s has the column %(names)s more than once.") % {"file": path.name, "names": ", ".join(twice)}
        )
