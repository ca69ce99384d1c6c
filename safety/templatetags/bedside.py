"""Cells of the bedside sheet: a control for a finger, and the values that one tap takes over."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from safety.bedside.column import Typing
from safety.bedside.layout import Line
from trial_edc.casebook.rendering.controls import shown_value
from trial_edc.casebook.rendering.rows import EntryRow

register = template.Library()


@register.simple_tag
def sheet_cell(typing: Typing, line: Line, before: Any = None) -> SafeString:
    """The control of a line in the new column, with the values that a tap takes over."""
    bound = typing.entries[line.oid].form[line.name]
    row = EntryRow(bound)
    return SafeString(_name(row) + row.control + _offer(line, bound, before) + row.flags)


@register.simple_tag
def sheet_flags(typing: Typing, line: Line) -> SafeString:
    """Only what the checks say about a line, for the answer to a live check."""
    return EntryRow(typing.entries[line.oid].form[line.name]).flags


@register.simple_tag
def moment_cell(typing: Typing, name: str) -> SafeString:
    """The control of the date or the time of the new column."""
    row = EntryRow(typing.entries["VS"].form[name])
    return SafeString(_name(row) + row.control + row.flags)


def _name(row: EntryRow) -> SafeString:
    """The name of a single control, for who does not see the line it stands in; groups point at the line's name."""
    if row.grouped:
        return SafeString("")
    return format_html('<label class="vh" for="{}">{}</label>', row.identifier, row.field.label)


def _offer(line: Line, bound: Any, before: Any) -> str:
    """The value of the column before, as a button of its own for every item: each is confirmed by its own tap."""
    form = None if before is None else before.forms.get(line.oid)
    value = None if form is None else getattr(form, line.name)
    if not line.copied or value in (None, "", []):
        return ""
    texts = [shown_value(bound.field.prepare_value(each)) for each in (value if isinstance(value, list) else [value])]
    words = _("Same: %(value)s") % {"value": before.text(line)}
    return format_html(
        '<button type="button" class="same" data-same="{}" data-values="{}">{}</button>',
        bound.html_name, json.dumps(texts), words,
    )  # fmt: skip


@register.simple_tag
def offer(name: str, value: str, words: Any) -> SafeString:
    """A button that puts one value into the control of this name."""
    return format_html(
        '<button type="button" class="same" data-same="{}" data-values="{}">{}</button>',
        name, json.dumps([value]), words,
    )  # fmt: skip
