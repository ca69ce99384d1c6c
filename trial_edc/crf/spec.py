"""What a form and its items mean, apart from how they are stored.

Pure Python: every generator and every rule can read a form without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

NOT_SUBMITTED = "NOT SUBMITTED"
Number = int | Decimal | float


@dataclass(frozen=True)
class Item:
    """The clinical meaning of one field on a form.

    `plausible` is the range outside which a value must be confirmed (soft check); `limits` the range outside which a
    value is refused (hard). `critical` items feed the dose decision. `judgement` items belong to a delegated physician.
    `suggest` names the list that helps while typing;
    `normalise` writes a typed text as the dictionary does. `when` names another item of the same form and the values of
    it that make this one apply; otherwise it is not asked and must stay empty. A `fixed` item of a row says what the
    row is about (the analyte, the lesion) and is not typed. `narrow` names another item of the row and, for each of its
    values, which of this item's choices go with it (the units of an analyte).
    """

    oid: str
    sdtm: str = NOT_SUBMITTED
    unit: str = ""
    hint: Any = ""  # text, possibly lazily translated
    plausible: tuple[Number, Number] | None = None
    limits: tuple[Number, Number] | None = None
    required: bool = True
    critical: bool = False
    judgement: bool = False
    partial: bool = False
    suggest: str = ""
    normalise: Callable[[str], str] | None = None
    when: tuple[str, tuple[Any, ...]] | None = None
    fixed: bool = False
    narrow: tuple[str, Mapping[str, tuple[str, ...]]] | None = None
    since: int = 0
    until: int | None = None

    def asked_in(self, amendment: int | None) -> bool:
        """Test whether the protocol at `amendment` collects this item; None asks of any.

        >>> Item("OXYSAT", since=2).asked_in(1)
        False
        """
        if amendment is None:
            return True
        return self.since <= amendment and (self.until is None or amendment < self.until)

    def applies_to(self, record: Any) -> bool:
        """Test whether the other answers of `record` make this item apply.

        >>> from types import SimpleNamespace as Answers
        >>> Item("PREGDT", when=("tested", (True,))).applies_to(Answers(tested=False))
        False
        >>> Item("TOXIC", when=("organs", ("LIVER",))).applies_to(Answers(organs=["LIVER", "KIDNEY"]))
        True
        """
        if self.when is None:
            return True
        name, values = self.when
        answer = getattr(record, name)
        if isinstance(answer, list):
            return any(value in answer for value in values)
        return answer in values

    def choices_beside(self, answer: Any) -> tuple[str, ...] | None:
        """Return the choices that go with the other item's `answer`; None when all of them do.

        >>> units = Item("LBORRESU", narrow=("analyte", {"HGB": ("g/L", "g/dL")}))
        >>> units.choices_beside("HGB"), units.choices_beside("WBC"), Item("LBORRES").choices_beside("HGB")
        (('g/L', 'g/dL'), None, None)
        """
        return None if self.narrow is None else self.narrow[1].get(answer)

    @property
    def normal(self) -> str:
        """Return the plausible range as text, '' where none is declared.

        >>> Item("SYSBP", unit="mmHg", plausible=(70, 220)).normal
        '70–220 mmHg'
        """
        if self.plausible is None:
            return ""
        return f"{self.plausible[0]}–{self.plausible[1]} {self.unit}".strip()


@dataclass(frozen=True)
class Section:
    """A titled block of items in the order the site enters them; `rows` names a repeating child table.

    With `fixed_rows` the rows are those the form opened with: none is added or removed by hand. A table may be asked
    `only_at` some visits, or at all but those of `not_at` (visit codes).
    """

    title: Any
    fields: tuple[str, ...] = ()
    rows: str = ""
    fixed_rows: bool = False
    only_at: tuple[str, ...] = ()
    not_at: tuple[str, ...] = ()

    def asked_at(self, visit: str) -> bool:
        """Test whether the section is asked at a visit.

        >>> Section("Lesions", rows="TLB", only_at=("SCR",)).asked_at("D28")
        False
        >>> Section("Measurements", rows="TLM", not_at=("SCR",)).asked_at("D28")
        True
        """
        return (not self.only_at or visit in self.only_at) and visit not in self.not_at


@dataclass(frozen=True)
class InRows:
    """Which rows of a table the sentence of a needed check stands in, at the item `at` of each.

    `which(record, rows)` answers with what those rows are about: the values of the items `by`, as text.
    """

    table: str
    by: tuple[str, ...]
    at: str
    which: Callable[[Any, Sequence[Any]], Collection[tuple[str, ...]]]


@dataclass(frozen=True)
class Check:
    """An edit check: the sentence a site reads, and the predicate that breaks it.

    `broken` never sees a missing value among `items`. A check on rows gets the record and the list of its rows. A check
    of a table (in the `Crf` of its rows) looks at one row, and is hard: its sentence stands in that row.
    A `hard` check refuses the save; a `needed` one only refuses to call the form complete; any other is soft: a person
    confirms the value or corrects it. The sentence stands at the first of `items`, or `at` another item: a check that
    must run whatever is missing looks at no item. A needed check says `in_rows` where it is about rows. A confirmation
    holds for the values of `items` as they stand, or for what `about(record, rows)` says where the value in doubt is in
    a row.
    """

    oid: str
    message: Any
    broken: Callable[..., bool]
    items: tuple[str, ...] = ()
    hard: bool = False
    needed: bool = False
    on_rows: bool = False
    at: str = ""
    about: Callable[..., str] | None = None
    in_rows: InRows | None = None

    @property
    def place(self) -> str:
        """Return the item at which the sentence stands."""
        return self.at or self.items[0]


@dataclass(frozen=True)
class Crf:
    """One form: identity, layout and edit checks. Types live on the model.

    With `copy_from_previous` a person may take over what the assessment before said, ticking item by item.
    """

    oid: str
    code: str
    title: Any
    sections: tuple[Section, ...]
    checks: tuple[Check, ...] = ()
    repeating: bool = False
    log: bool = False
    copy_from_previous: bool = False

    @property
    def fields(self) -> Sequence[str]:
        return [name for section in self.sections for name in section.fields]
