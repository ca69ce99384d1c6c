"""Template tags of the product: icons, statuses, study dates, entry rows and the fixed addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from trial_edc.casebook.marks import is_removed
from trial_edc.casebook.rendering import dates
from trial_edc.casebook.rendering.controls import full_label
from trial_edc.casebook.rendering.icons import icon as icon_html
from trial_edc.casebook.rendering.rows import EntryRow
from trial_edc.casebook.rendering.status import status_html

register = template.Library()

#: Addresses that every page needs, whichever application answers them.
ADDRESSES = {
    "home": "/",
    "account": "/account/",
    "subjects": "/subjects/",
    "sign-in": "/sign-in/",
    "sign-out": "/sign-out/",
    "keep-alive": "/session/keep-alive/",
    "resume": "/session/resume/",
    "date": "/casebook/date/",
}


@register.simple_tag
def address(name: str) -> str:
    """Address of a page that the frame of every page links to."""
    return ADDRESSES[name]


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """``{% icon "printer" %}``; give a ``label`` only where no words stand beside it."""
    return icon_html(name, classes, str(label))


@register.simple_tag
def status(state: Any) -> SafeString:
    """Icon and word of a state."""
    return status_html(state)


@register.simple_tag
def status_icon(state: Any) -> SafeString:
    """Icon of a state with its word as accessible name."""
    return status_html(state, icon_only=True)


@register.simple_tag
def status_chip(state: Any) -> SafeString:
    """Icon and word of a state as a chip."""
    return status_html(state, as_chip=True)


@register.filter
def study_date(value: Any) -> str:
    """``05-Nov-2026``."""
    return dates.study_date(value)


@register.filter
def study_moment(value: Any) -> str:
    """``05-Nov-2026 14:05 (UTC+08:00)``."""
    return dates.study_moment(value)


@register.filter
def study_minute(value: Any) -> str:
    """``05-Nov-2026 14:05``, where the zone is said once for the whole table."""
    return dates.study_moment(value, with_offset=False)


@register.filter
def nav_count(count: Any) -> SafeString:
    """The number beside a navigation entry, read once because counting can cost a query; nothing for none."""
    text = "" if count is None else str(count)
    if text in {"", "0"}:
        return SafeString("")
    return SafeString(f'<span class="n">{escape(text)}<span class="vh"> {escape(_("unresolved"))}</span></span>')


@register.filter
def section_id(title: Any) -> str:
    """Anchor of a form's section, the same in the form and in the list that links to it."""
    return f"section-{slugify(str(title), allow_unicode=True)}"


@register.filter
def initials(name: str) -> str:
    """First letters of the first and last word of a name.

    >>> initials("Peter Braun"), initials("张敏"), initials("")
    ('PB', '张', '')
    """
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.simple_tag
def entry_row(field: BoundField) -> SafeString:
    """A form row; one call instead of a template of parts, because a page shows dozens (see :class:`EntryRow`)."""
    return EntryRow(field).html()


@register.simple_tag
def entry_cell(field: BoundField, page: Any = None) -> SafeString:
    """The control of a field in a table of repeating rows, with its unresolved query beside and its flags below.

    The page is handed on to forms that were made on the way, such as the empty one new rows are copied from.
    """
    form: Any = field.form
    if page is not None and getattr(form, "page", None) is None:
        form.page = page
    row = EntryRow(field, compact=True)
    return SafeString(row.control + row.query + row.flags)


@register.simple_tag
def entry_flags(field: BoundField, *, compact: bool = False) -> SafeString:
    """Only what the checks say about a field, in a table cell where `compact`; answers a live check."""
    return EntryRow(field, compact=compact).flags


@dataclass(frozen=True)
class SummaryLine:
    """One line of the error summary: where the field is and what is wrong with it."""

    href: str
    label: str
    message: str


def _lines_of(form: Any) -> list[SummaryLine]:
    lines = [SummaryLine("#main", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        lines += [SummaryLine(f"#{field.auto_id}", full_label(field), text) for text in EntryRow(field).errors]
    return lines


@register.simple_tag
def failed_lines(form: Any, page: Any = None) -> list[SummaryLine]:
    """Lines of the error summary after a refused submit; empty on a page that was only opened.

    ``page.failed`` decides where it is given; otherwise a bound form with errors counts as refused.
    """
    failed = getattr(page, "failed", None)
    if failed is None:
        failed = bool(form.is_bound and form.errors)
    if not failed:
        return []
    lines = _lines_of(form)
    for group in getattr(page, "rows", None) or ():
        for one in group.formset.forms:
            lines += [] if is_removed(one) else _lines_of(one)
    if reason := getattr(page, "reason_error", ""):
        lines.append(SummaryLine("#id_reason_code", _("Reason for change"), reason))
    return lines
