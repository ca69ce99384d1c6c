"""The ASCII files of a MedDRA release: fields separated and ended by `$`, one record a line.

`llt.asc` names the lowest level terms with their preferred term, `mdhier.asc` every path from a preferred term up to an
organ class, one of which is the primary one. Source: MSSO, MedDRA Distribution File Format Document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from safety.dictionaries.problem import UnreadableDictionary, unreadable

LLT_FILE, HIERARCHY_FILE, RELEASE_FILE = "llt.asc", "mdhier.asc", "meddra_release.asc"
#: File -> number of fields of a record.
FIELDS = {LLT_FILE: 11, HIERARCHY_FILE: 12}
#: A release has some 90,000 lowest level terms in 10 MB.
MOST_BYTES = 200_000_000
LONGEST_NAME, LONGEST_RELEASE = 200, 20
_CODE = re.compile(r"[0-9]{1,9}", re.ASCII)
_RELEASE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Record:
    """One line: its number and fields."""

    path: Path
    line: int
    fields: tuple[str, ...]

    def problem(self, sentence: str) -> UnreadableDictionary:
        """Return the problem with file and line before it."""
        return unreadable(self.path, _("line %(line)s: %(sentence)s") % {"line": self.line, "sentence": sentence})

    def code(self, place: int, name: str) -> int:
        """The code in a field, counted from 0. Raises UnreadableDictionary."""
        text = self.fields[place].strip()
        if not _CODE.fullmatch(text):
            raise self.problem(_("%(name)s “%(text)s” is not a code.") % {"name": name, "text": text[:40]})
        return int(text)

    def name(self, place: int, name: str) -> str:
        """The name in a field, counted from 0. Raises UnreadableDictionary."""
        text = self.fields[place].strip()
        if not text or len(text) > LONGEST_NAME:
            raise self.problem(_("%(name)s is empty or too long.") % {"name": name})
        return text

    def flag(self, place: int, name: str) -> bool:
        """Y or N in a field. Raises UnreadableDictionary."""
        text = self.fields[place].strip()
        if text not in ("Y", "N"):
            raise self.problem(_("%(name)s “%(text)s” is neither Y nor N.") % {"name": name, "text": text[:40]})
        return text == "Y"


@dataclass(frozen=True)
class PrimaryPath:
    """A preferred term and its primary path upwards, in the order of the table's columns."""

    pt_code: int
    pt_name: str
    hlt_code: int
    hlt_name: str
    hlgt_code: int
    hlgt_name: str
    soc_code: int
    soc_name: str


@dataclass(frozen=True)
class LowestTerm:
    """A lowest level term with the primary path of its preferred term."""

    llt_code: int
    llt_name: str
    is_current: bool
    path: PrimaryPath


def read_meddra(folder: Path) -> tuple[LowestTerm, ...]:
    """Read the terms of one release from a folder, or its MedAscii folder. Raises UnreadableDictionary."""
    if not folder.is_dir():
        raise UnreadableDictionary(_("%(folder)s is not a folder.") % {"folder": folder})
    hierarchy, terms = _find(folder, HIERARCHY_FILE), _find(folder, LLT_FILE)
    missing = [name for name, path in ((LLT_FILE, terms), (HIERARCHY_FILE, hierarchy)) if path is None]
    if hierarchy is None or terms is None:
        names = ", ".join(missing)
        raise UnreadableDictionary(_("%(folder)s has no %(names)s.") % {"folder": folder, "names": names})
    return tuple(_lowest_terms(terms, _primary_paths(hierarchy)))


def release_of(folder: Path) -> str:
    """The release that the files name themselves, '' when they do not. Raises UnreadableDictionary."""
    path = _find(folder, RELEASE_FILE) if folder.is_dir() else None
    if path is None:
        return ""
    named = _text(path).partition("\n")[0].partition("$")[0].strip()
    if not _RELEASE.fullmatch(named):
        raise unreadable(path, _("names no release such as 27.1; say which it is with --release."))
    return named


def _find(folder: Path, name: str) -> Path | None:
    """A file in any capitalisation, in the folder or its MedAscii folder."""
    try:
        inside = [each for each in sorted(folder.iterdir()) if each.is_dir() and each.name.casefold() == "medascii"]
        for place in (folder, *inside):
            found = [each for each in sorted(place.iterdir()) if each.name.casefold() == name and not each.is_dir()]
            if found:
                return found[0]
    except OSError as problem:
        raise UnreadableDictionary(
            _("%(folder)s cannot be read: %(why)s.") % {"folder": folder, "why": problem.strerror}
        ) from None
    return None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise unreadable(path, _("is far larger than a MedDRA file."))
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as problem:
        raise unreadable(path, _("cannot be opened: %(why)s.") % {"why": problem.strerror}) from None
    except UnicodeDecodeError:
        raise unreadable(path, _("is not text in ASCII or UTF-8.")) from None
    if _CONTROL.search(text):
        raise unreadable(path, _("is not text: it holds control characters."))
    return text


def _records(path: Path, wanted: int) -> Iterator[Record]:
    text = _text(path)
    if not text.strip():
        raise unreadable(path, _("is empty."))
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        fields = tuple(line.strip().removesuffix("$").split("$"))
        record = Record(path, number, fields)
        if len(fields) != wanted:
            sentence = _("%(found)s fields separated by $, not %(wanted)s.")
            raise record.problem(sentence % {"found": len(fields), "wanted": wanted})
        yield record


def _primary_paths(path: Path) -> Mapping[int, PrimaryPath]:
    found: dict[int, PrimaryPath] = {}
    for record in _records(path, FIELDS[HIERARCHY_FILE]):
        if not record.flag(11, "primary_soc_fg"):
            continue
        primary = PrimaryPath(
            record.code(0, "pt_code"), record.name(4, "pt_name"),
            record.code(1, "hlt_code"), record.name(5, "hlt_name"),
            record.code(2, "hlgt_code"), record.name(6, "hlgt_name"),
            record.code(3, "soc_code"), record.name(7, "soc_name"),
        )  # fmt: skip
        if primary.pt_code in found:
            raise record.problem(_("a second primary path of pt_code %(code)s.") % {"code": primary.pt_code})
        found[primary.pt_code] = primary
    return found


def _lowest_terms(path: Path, primary: Mapping[int, PrimaryPath]) -> Iterator[LowestTerm]:
    seen: set[int] = set()
    for record in _records(path, FIELDS[LLT_FILE]):
        code, pt_code = record.code(0, "llt_code"), record.code(2, "pt_code")
        if code in seen:
            raise record.problem(_("a second record of llt_code %(code)s.") % {"code": code})
        if pt_code not in primary:
            sentence = _("pt_code %(code)s has no primary path in %(file)s.")
            raise record.problem(sentence % {"code": pt_code, "file": HIERARCHY_FILE})
        seen.add(code)
        yield LowestTerm(code, record.name(1, "llt_name"), record.flag(9, "llt_currency"), primary[pt_code])
