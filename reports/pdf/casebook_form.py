"""One form in the casebook: its items, its tables, and what was computed, asked, confirmed, signed and changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable

from dosing.models import DltAdjudication
from reports.casebook.content import Change, Form, Item, Row, Table, Thread
from reports.pdf import casebook_words as said
from reports.pdf import words
from reports.pdf.document import Heading
from reports.pdf.tables import Head, Line, Text, listing, note, part
from trial_edc.audit.models import Signature
from trial_edc.casebook.page import crf_version
from trial_edc.crf import registry
from trial_edc.review.models import Query

#: A form that would begin lower than this begins on the next page.
ROOM_FOR_A_FORM = 30 * mm
#: Widest and narrowest column of a table of rows, in characters.
WIDEST, NARROWEST = 26, 6


def form_section(form: Form, level: int = 1) -> list[Flowable]:
    """Return one form under its heading, which the outline points to."""
    story: list[Flowable] = [
        CondPageBreak(ROOM_FOR_A_FORM),
        Heading(said.form_title(form), level, place=f"form-{form.key}"),
        note(" · ".join(_standing(form))),
    ]
    if form.not_done is None:
        story += [*_items(form), *(each for table in form.tables for each in _table(form, table))]
    return [*story, *_beside(form)]


def _standing(form: Form) -> Iterator[str]:
    yield f"{registry.get(form.oid).crf.code} {form.oid}"
    yield _("CRF version %(version)s") % {"version": crf_version(form.amendment)}
    yield said.form_state(form)
    if form.completed is not None:
        yield _("completed by %(person)s") % {"person": said.said(form.completed)}
    if form.not_done is not None:
        reason, who = form.not_done
        yield _("not done because: %(reason)s (%(person)s)") % {"reason": reason, "person": said.said(who)}
    verifiable = [item for item in form.every_item() if item.to_verify]
    if verifiable:
        done = sum(item.verified is not None for item in verifiable)
        yield _("%(done)s of %(total)s items source verified") % {"done": done, "total": len(verifiable)}
    if not any(each.holds for each in form.signatures):
        yield _("not signed")


def _items(form: Form) -> Iterator[Flowable]:
    heads = [Head(_("Item"), 3), Head(_("Value"), 3.4), Head(_("Code"), 1.6), Head(_("Source verified"), 3),
             Head(_("Remarks"), 1.3)]  # fmt: skip
    crf = registry.get(form.oid).crf
    by_name = {item.field: item for item in form.items}
    lines: list[Line] = []
    for section in crf.sections:
        found = [by_name.pop(name) for name in section.fields if name in by_name]
        if found and section.title and len(crf.sections) > 1:
            lines.append(Line([Text(str(section.title), "cell-bold"), "", "", "", ""]))
        lines += [_item(item) for item in found]
    lines += [_item(item) for item in by_name.values()]
    if lines:
        yield listing(heads, lines)


def _item(item: Item) -> Line:
    return Line([
        said.label(item.table, item.field), said.shown(item), said.code(item), _verification(item),
        " · ".join(_remarks(item)),
    ])  # fmt: skip


def _verification(item: Item) -> str:
    if item.verified is not None:
        return said.said(item.verified)
    if item.changed:
        return _("changed since verified")
    return _("not verified") if item.to_verify else ""


def _remarks(item: Item) -> Iterator[str]:
    if item.critical:
        yield _("critical")
    for number in item.queries:
        yield _("query %(number)s") % {"number": f"{number:04d}"}


def _table(form: Form, table: Table) -> Iterator[Flowable]:
    titles = {section.rows: section.title for section in registry.get(form.oid).crf.sections if section.rows}
    if titles.get(table.oid):
        yield from part(str(titles[table.oid]))
    names = list(dict.fromkeys(item.field for row in table.rows for item in row.items))
    lines = [[str(row.position), *(_cell(row, name) for name in names), _verified(row)] for row in table.rows]
    titled = ["", *(said.label(table.oid, name) for name in names), _("Verified")]
    yield listing(_heads(titled, lines), [Line(line) for line in lines], _("No rows."))


def _heads(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> list[Head]:
    """Return columns as wide as what stands in them asks for, within limits."""
    longest = [max(len(text) for text in column) for column in zip(titles, *lines, strict=True)]
    shares = [1.5 if not place else min(max(size, NARROWEST), WIDEST) for place, size in enumerate(longest)]
    return [Head(title, share) for title, share in zip(titles, shares, strict=True)]


def _cell(row: Row, name: str) -> str:
    item = next((each for each in row.items if each.field == name), None)
    if item is None:
        return words.DASH
    asked = [_("query %(number)s") % {"number": f"{number:04d}"} for number in item.queries]
    return "\n".join([said.shown(item), *asked])


def _verified(row: Row) -> str:
    counted = [item for item in row.items if item.to_verify]
    done = sum(item.verified is not None for item in counted)
    changed = [said.label(item.table, item.field) for item in counted if item.changed]
    text = f"{done}/{len(counted)}" if counted else ""
    return text + (" " + _("changed: %(items)s") % {"items": ", ".join(changed)} if changed else "")


def _beside(form: Form) -> Iterator[Flowable]:
    """Yield what hangs on the form as a whole; a part without lines is left out."""
    yield from _computed(form)
    yield from _confirmed(form)
    yield from _threads(form)
    yield from _signatures(form)
    yield from _changes(form)


def _computed(form: Form) -> Iterator[Flowable]:
    lines = [computed_line(each.rule, each.version, _answer(each.grade, each.because, each.details),
                           words.moment(each.computed_at)) for each in form.computed]  # fmt: skip
    if lines:
        yield from part(_("Computed beside what was entered"))
        yield listing(computed_heads(), lines)
    if form.adjudicated is not None:
        found = form.adjudicated
        verdict = words.choice(DltAdjudication.Verdict, found.verdict)
        yield from part(_("Adjudication of dose-limiting toxicity"))
        heads = [Head(_("Verdict"), 2), Head(_("Rationale"), 6), Head(_("Physician"), 3)]
        yield listing(heads, [Line([Text(verdict, "cell-bold"), found.rationale, said.said(found.said)])])


def _answer(grade: int | None, because: str, details: Sequence[str]) -> str:
    first = because if grade is None else _("Grade %(grade)s. %(because)s") % {"grade": grade, "because": because}
    return "\n".join([first, *details])


def computed_heads() -> list[Head]:
    """Return the columns of computed values."""
    return [Head(_("Rule"), 3), Head(_("Version"), 1), Head(_("Answer"), 7), Head(_("Computed"), 2.4)]


def computed_line(rule: str, version: str, answer: str, moment: str) -> Line:
    """Return one computed value with rule, version and sentence."""
    return Line([said.rule(rule), version, answer, moment])


def _confirmed(form: Form) -> Iterator[Flowable]:
    lines = [
        Line([each.check, said.check_sentence(form, each.check), each.value, each.explanation or words.DASH,
              said.said(each.said)])
        for each in form.confirmed
    ]  # fmt: skip
    if lines:
        yield from part(_("Edit checks confirmed"))
        heads = [Head(_("Check"), 1.4), Head(_("Sentence"), 4), Head(_("For the value"), 2), Head(_("Explanation"), 3),
                 Head(_("Confirmed by"), 2.4)]  # fmt: skip
        yield listing(heads, lines)


def _threads(form: Form) -> Iterator[Flowable]:
    if not form.threads:
        return
    heads = [Head(_("Query"), 0.8), Head(_("About"), 2), Head(_("State"), 1.3), Head(_("Said by"), 1.6),
             Head(_("At"), 2.2), Head(_("Text"), 5.5)]  # fmt: skip
    yield from part(_("Queries"))
    yield listing(heads, [line for thread in form.threads for line in _thread(form, thread)])


def _thread(form: Form, thread: Thread) -> Iterator[Line]:
    about = said.item_place(form, thread.table, thread.field, thread.row)
    state = words.choice(Query.State, thread.state)
    origin = words.choice(Query.Origin, thread.origin)
    now = _("now: %(state)s") % {"state": state}
    value = _("value asked about: %(value)s") % {"value": thread.value or words.DASH}
    for place, turn in enumerate(thread.turns):
        first = [Text(f"{thread.number:04d}", "cell-bold"), f"{about}\n{value}\n{origin}"] if not place else ["", ""]
        became = words.choice(Query.State, turn.state)
        became = f"{became}\n{now}" if not place and len(thread.turns) > 1 else became
        yield Line([*first, became, turn.said.by, words.moment(turn.said.at), turn.text])


def _signatures(form: Form) -> Iterator[Flowable]:
    if not form.signatures:
        return
    heads = [Head(_("Printed name"), 2), Head(_("Role"), 2), Head(_("Signed"), 2.7), Head(_("Meaning"), 4.5),
             Head(_("Signature"), 2)]  # fmt: skip
    lines = [
        Line([Text(each.said.by, "cell-bold"), each.role, words.moment(each.said.at, seconds=True),
              words.choice(Signature.Meaning, each.meaning),
              _("holds") if each.holds else Text(_("void: changed since"), "cell-bad")])
        for each in form.signatures
    ]  # fmt: skip
    yield from part(_("Signatures"))
    yield listing(heads, lines)


def _changes(form: Form) -> Iterator[Flowable]:
    if not form.changes:
        return
    heads = [Head(_("Item"), 2.8), Head(_("Was"), 2.2), Head(_("Became"), 2.2), Head(_("Reason"), 2),
             Head(_("By"), 1.9), Head(_("At"), 2.5)]  # fmt: skip
    yield from part(_("Audit trail"))
    yield listing(heads, [_version(form, each) for each in form.changes])


def _version(form: Form, each: Change) -> Line:
    by = " · ".join(filter(None, (each.said.by, said.source(each.source))))
    return Line([
        said.item_place(form, each.table, each.field, each.row),
        said.value(each.table, each.field, each.old) or words.DASH,
        said.value(each.table, each.field, each.new) or words.DASH,
        each.reason or words.DASH, by, words.moment(each.said.at, seconds=True),
    ])  # fmt: skip
