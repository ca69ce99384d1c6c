"""Which column of a file is which item, and what a laboratory's names of analytes and units mean here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from django.utils.translation import gettext_lazy as _

from safety.models.normal_range import ANALYTE_CHOICES
from safety.rules.form_analytes import FORM_ANALYTES

#: Item -> (label, whether a file must have it, names under which files have it).
TARGETS: dict[str, tuple[object, bool, tuple[str, ...]]] = {
    "subject": (_("Subject"), True, ("subject", "subject id", "usubjid", "subjid", "受试者", "受试者编号")),
    "collected": (
        _("Date of collection"), True,
        ("date", "collected", "collection date", "lbdtc", "sample date", "采样日期", "采集时间"),
    ),
    "time": (_("Time, if in a column of its own"), False, ("time", "collection time", "采样时间")),
    "analyte": (_("Analyte"), True, ("analyte", "test", "lbtestcd", "test code", "项目", "检验项目")),
    "value": (_("Result"), True, ("result", "value", "lborres", "结果")),
    "unit": (_("Unit"), True, ("unit", "units", "lborresu", "单位")),
    "low": (_("Normal from"), False, ("low", "lower", "lln", "lbornrlo", "参考下限")),
    "high": (_("Normal to"), False, ("high", "upper", "uln", "lbornrhi", "参考上限")),
    "laboratory": (_("Laboratory"), False, ("laboratory", "lab", "lbnam", "实验室")),
}  # fmt: skip
#: Other spellings of the units that the forms offer.
UNIT_SPELLINGS = {
    "thou/ul": "10^3/ul", "k/ul": "10^3/ul", "g/l(10^9)": "10^9/l", "iu/l": "u/l", "sec": "s", "seconds": "s",
    "umol/l": "umol/l", "mval/l": "meq/l", "1": "ratio", "inr": "ratio",
}  # fmt: skip


def guess(header: Sequence[str]) -> dict[str, int]:
    """Return a proposal: item -> number of the column whose heading is one of the known names."""
    found: dict[str, int] = {}
    for number, heading in enumerate(header):
        for target, (_label, _needed, names) in TARGETS.items():
            if heading.casefold() in names and target not in found and number not in found.values():
                found[target] = number
    return found


def lacking(mapping: Mapping[str, int]) -> list[object]:
    """Return the labels of the items that a file must have and that no column was named for."""
    return [label for target, (label, needed, _names) in TARGETS.items() if needed and target not in mapping]


def analyte_of(text: str) -> str | None:
    """Return the code of an analyte by its code or one of its names, None when the forms do not have it."""
    return _analytes().get(_folded(text))


@cache
def _analytes() -> dict[str, str]:
    names: dict[str, str] = {}
    for code, analyte in FORM_ANALYTES.items():
        known = analyte.measured
        for name in (code, known.code, known.name, *known.also):
            names.setdefault(_folded(name), code)
    for code, label in ANALYTE_CHOICES:
        names.setdefault(_folded(str(label)), code)
    return names


def unit_of(code: str, text: str) -> str | None:
    """Return the unit of an analyte in the spelling of the forms, None when the form does not offer it.

    >>> unit_of("WBC", "x10*9/L"), unit_of("HGB", "G/DL"), unit_of("CREAT", "µmol/L"), unit_of("WBC", "g/L")
    ('10^9/L', 'g/dL', 'umol/L', None)
    """
    wanted = _folded_unit(text)
    wanted = UNIT_SPELLINGS.get(wanted, wanted)
    return next((unit for unit in FORM_ANALYTES[code].units if _folded_unit(unit) == wanted), None)


def _folded(text: str) -> str:
    return " ".join(text.replace(",", " ").casefold().split())


def _folded_unit(text: str) -> str:
    folded = "".join(text.casefold().split())
    for old, new in (("µ", "u"), ("μ", "u"), ("*", "^"), ("⁹", "^9"), ("³", "^3"), ("¹²", "^12"), ("×", "")):
        folded = folded.replace(old, new)
    return folded.removeprefix("x")
