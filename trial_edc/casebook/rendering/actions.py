"""Buttons at the right of an entry row: query, history, source verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape
from django.utils.translation import gettext as _

from .icons import icon

if TYPE_CHECKING:
    from .rows import EntryRow


def actions_html(row: EntryRow) -> str:
    """All buttons of a row; empty where there is nothing to ask, read or verify, so that Tab has fewer stops."""
    return query_html(row) + _history_button(row) + _verification(row)


def _opener(row: EntryRow, *, css: str, panel: str, url: str, name: str, symbol: str) -> str:
    return (
        f'<button type="button" class="iconbtn{css}" data-panel="{row.identifier}-{panel}" data-url="{escape(url)}"'
        f' aria-expanded="false" aria-label="{escape(name)}">{icon(symbol)}</button>'
    )


def query_html(row: EntryRow) -> str:
    """The button that opens the conversation about an item, or begins one."""
    query = getattr(row.marks, "query", None)
    may_open = bool(getattr(row.page, "may_query", False))
    if not query and not may_open:
        return ""
    url = row.page.urls.query_url(row.field.name, getattr(row.marks, "row", None))
    label = {"label": row.field.label}
    if not query:
        name = _("Add a query on %(label)s") % label
        return _opener(row, css="", panel="thread", url=url, name=name, symbol="chat-left")
    if query.state == "answered":
        name = _("Query answered on %(label)s") % label
        return _opener(row, css=" q-ans", panel="thread", url=url, name=name, symbol="chat-left-text")
    name = _("Query open on %(label)s") % label
    return _opener(row, css=" q-open", panel="thread", url=url, name=name, symbol="chat-left-text-fill")


def _history_button(row: EntryRow) -> str:
    if not getattr(row.marks, "changed", 0):
        return ""
    url = row.page.urls.history_url(row.field.name)
    return _opener(row, css="", panel="history", url=url, name=row.summary_of_changes(), symbol="clock-history")


def _verification(row: EntryRow) -> str:
    verified = bool(getattr(row.marks, "verified", False))
    if getattr(row.page, "may_verify", False):
        name = _("Source verified: %(label)s") % {"label": row.field.label}
        return (
            f'<label class="sdv"><input class="form-check-input" type="checkbox"{" checked" if verified else ""}'
            f' data-verify="{escape(row.page.urls.verify_url(row.field.name))}" aria-label="{escape(name)}">'
            f"{escape(_('Verified'))}</label>"
        )
    return f'<span class="seen">{icon("shield-check", "c-sdv", _("Source verified"))}</span>' if verified else ""
