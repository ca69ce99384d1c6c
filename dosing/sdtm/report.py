"""What became of every row: counts that add up, and the reasons in groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import wrap

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.sdtm.laboratory import LaboratoryGrades, grade_lines
from dosing.sdtm.reading import DOMAINS

WIDTH = 110
FORM_TITLES = {
    "IC": gettext_lazy("consent"), "DM": gettext_lazy("demography"), "INF": gettext_lazy("infusion"),
    "AE": gettext_lazy("adverse events"), "DTH": gettext_lazy("death"), "EOS": gettext_lazy("end of study"),
}  # fmt: skip


@dataclass
class DomainCount:
    """Rows of one file; the four outcomes add up to `read`."""

    read: int = 0
    taken: int = 0
    left_out: int = 0
    refused: int = 0
    already: int = 0

    @property
    def settled(self) -> int:
        return self.taken + self.left_out + self.refused + self.already


@dataclass
class LoadReport:
    """The account of one run. Places name subject and record; sentences group them."""

    study: str
    run_by: str
    levels: Mapping[str, int]
    laboratory: LaboratoryGrades | None = None
    counts: dict[str, DomainCount] = field(default_factory=lambda: {domain: DomainCount() for domain in DOMAINS})
    forms: Counter[str] = field(default_factory=Counter)
    remarks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refusals: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def all_taken(self) -> bool:
        """Test whether nothing was refused."""
        return not self.refusals

    def as_text(self, places: int | None = None) -> str:
        """Return the report as text; at most `places` places behind each sentence (None: all)."""
        return "\n".join(self._lines(places)) + "\n"

    def _lines(self, places: int | None) -> Iterator[str]:
        yield _("SDTM import of %(study)s, entered as %(user)s") % {"study": printable(self.study), "user": self.run_by}
        arms = ", ".join(f"{printable(arm)} = DL{level}" for arm, level in self.levels.items())
        yield _("Arms by dose: %(arms)s") % {"arms": arms or "-"}
        yield ""
        yield from self._table()
        yield ""
        saved = ", ".join(f"{self.forms[oid]} {oid} ({title})" for oid, title in FORM_TITLES.items() if self.forms[oid])
        yield _("Forms saved: %(forms)s") % {"forms": saved or "0"}
        yield from _groups(_("Refused"), self.refusals, places)
        yield from self._reasons_for_leaving_out()
        yield from _groups(_("Taken with a remark"), self.remarks, places)
        if self.laboratory is not None:
            yield from (printable(line) for line in grade_lines(self.laboratory, places))

    def _table(self) -> Iterator[str]:
        heads = [_("rows"), _("taken"), _("left out"), _("refused"), _("already taken")]
        yield "      " + "".join(f"{head:>15}" for head in heads)
        for domain, count in self.counts.items():
            numbers = (count.read, count.taken, count.left_out, count.refused, count.already)
            yield f"{domain:6}" + "".join(f"{number:>15}" for number in numbers)

    def _reasons_for_leaving_out(self) -> Iterator[str]:
        if self.left_out:
            yield ""
            yield _("Left out")
        for (domain, reason), times in sorted(self.left_out.items()):
            yield f"  {times:>5}  {domain}: {printable(reason)}"


def _groups(title: str, groups: Mapping[str, list[str]], places: int | None) -> Iterator[str]:
    if groups:
        yield ""
        yield title
    for sentence, found in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        yield f"  {len(found):>5}  {printable(sentence)}"
        shown = found if places is None else found[:places]
        more = [_("and %(number)s more") % {"number": len(found) - len(shown)}] if len(shown) < len(found) else []
        text = "; ".join([*(printable(place) for place in shown), *more])
        yield from wrap(text, WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9, break_on_hyphens=False)


def printable(text: str) -> str:
    """Return source text for a line of the report: no control characters, nothing that moves a terminal's cursor."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
