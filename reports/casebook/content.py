"""What a casebook says, as plain values: texts as the trail keeps them, codes as codes; words are for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from json import dumps

from reports.content.safety import plain_value

#: Changes when the same data would be shown in another way.
CONTENT_VERSION = "1.0.0"


@dataclass(frozen=True)
class Said:
    """That somebody did something: the printed name and the moment."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Item:
    """One item of a form or row: its value as the trail keeps it, None for none.

    `missing` is the code why there is none; `changed` tells that a verified value was changed afterwards; `applies` is
    False for an item that the other answers rule out; a `fixed` one only says what its row is about.
    """

    table: str
    field: str
    text: str | None
    missing: str = ""
    verified: Said | None = None
    changed: bool = False
    critical: bool = False
    fixed: bool = False
    applies: bool = True
    queries: tuple[int, ...] = ()

    @property
    def to_verify(self) -> bool:
        """Test whether source verification is about this item: it has a value, or had a verified one."""
        return not self.fixed and (self.text not in (None, "", "[]") or self.verified is not None or self.changed)


@dataclass(frozen=True)
class Row:
    """One row of a repeating table; `position` counts from 1."""

    position: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Table:
    """A repeating table of a form, by its OID."""

    oid: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Turn:
    """One turn of a query: the state it led to."""

    said: Said
    state: str
    text: str


@dataclass(frozen=True)
class Thread:
    """One query with everything said in it; `row` is the position of its row, None for the form, 0 for a row gone."""

    number: int
    table: str
    field: str
    row: int | None
    state: str
    origin: str
    value: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Signed:
    """One signature: printed name, role, meaning, moment, and whether the form is unchanged since."""

    said: Said
    role: str
    meaning: str
    holds: bool


@dataclass(frozen=True)
class Computed:
    """What a rule computed, beside what people entered; `details` are further lines of its answer."""

    rule: str
    version: str
    because: str
    computed_at: datetime
    grade: int | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Confirmed:
    """An edit check that somebody looked at and confirmed the value."""

    check: str
    value: str
    explanation: str
    said: Said


@dataclass(frozen=True)
class Adjudicated:
    """A physician's verdict whether an event is dose-limiting."""

    verdict: str
    rationale: str
    said: Said


@dataclass(frozen=True)
class Change:
    """One version of one item; `row` as in `Thread`."""

    table: str
    field: str
    row: int | None
    old: str | None
    new: str | None
    said: Said
    reason: str
    source: str


@dataclass(frozen=True)
class Form:
    """One saved form with everything that hangs on it; `not_done` is the reason why it was not filled."""

    key: str
    oid: str
    visit: str
    sequence: int
    amendment: int
    state: str
    items: tuple[Item, ...]
    tables: tuple[Table, ...]
    completed: Said | None = None
    not_done: tuple[str, Said] | None = None
    threads: tuple[Thread, ...] = ()
    signatures: tuple[Signed, ...] = ()
    computed: tuple[Computed, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
    adjudicated: Adjudicated | None = None
    changes: tuple[Change, ...] = ()

    def every_item(self) -> list[Item]:
        """Return the items of the form and of its rows."""
        return [*self.items, *(item for table in self.tables for row in table.rows for item in row.items)]


@dataclass(frozen=True)
class VisitPart:
    """One visit: its plan, what was recorded about it, its forms, and the required ones that nobody began."""

    code: str
    state: str
    target: date | None
    first: date | None
    last: date | None
    visit_date: date | None
    not_done: str
    forms: tuple[Form, ...]
    absent: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LogPart:
    """One running log with its entries; `oid` is "" for forms that the schedule has no place for any more."""

    oid: str
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Subject:
    """The subject by code, with the dates everything is counted from."""

    identifier: str
    site: str
    status: str
    dose_level: int | None
    consent_date: date | None
    infused_at: datetime | None
    death_date: date | None
    off_study_date: date | None


@dataclass(frozen=True)
class Casebook:
    """The whole casebook at a cut-off; `with_trail` tells whether the versions of every item are in it."""

    cutoff: datetime
    subject: Subject
    with_trail: bool
    visits: tuple[VisitPart, ...]
    logs: tuple[LogPart, ...]
    computed: tuple[Computed, ...]
    #: How many critical items nobody verified in their version of the cut-off.
    unverified: int

    @property
    def forms(self) -> list[Form]:
        """Every form, in the order of the document."""
        parts: list[VisitPart | LogPart] = [*self.visits, *self.logs]
        return [form for part in parts for form in part.forms]

    @property
    def open_queries(self) -> int:
        """How many queries somebody still has to act on."""
        return sum(each.state in ("open", "answered") for form in self.forms for each in form.threads)


def content_hash(book: Casebook) -> str:
    """Return the SHA-256 of a casebook in canonical form; layout, language and who asked do not enter."""
    body = {"version": CONTENT_VERSION, "casebook": book}
    text = dumps(body, default=plain_value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
