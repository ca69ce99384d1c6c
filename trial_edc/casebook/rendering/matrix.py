"""The rows of the subject matrix as markup; built in one pass, because a page has two thousand cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_edc.casebook.selectors.facts import QueryCount
from trial_edc.casebook.selectors.matrix import Cell, GroupColumns, group_cell
from trial_edc.casebook.standings.cells import LogCell, Row, VisitCell
from trial_edc.protocol.status import Status
from trial_edc.protocol.visits.model import Visit, VisitKind

from .icons import icon
from .status import look_of
from .visits import visit_label


class MatrixRows:
    """Draws the body of the matrix for one page; words and icons are looked up once per page, not once per cell."""

    def __init__(self, groups: Sequence[GroupColumns], group_urls: dict[str, str]) -> None:
        self.groups = groups
        self.group_urls = group_urls
        self.drawn: dict[str, tuple[str, str]] = {}
        self.labels = {visit.code: escape(visit_label(visit)) for group in groups for visit in group.visits}
        self.group_labels = {group.key: escape(_(group.group.value)) for group in groups}

    def row(self, book: Row) -> SafeString:
        """Return the cells of one subject, in the order of the columns."""
        return SafeString("".join(self._cells(book)))

    def _cells(self, book: Row) -> Iterator[str]:
        name = escape(book.subject.identifier)
        base = escape(reverse("casebook:subject", args=[book.subject.identifier]))
        states = book.by_column()
        for group in self.groups:
            edge = ' class="grp-start"'
            if group.group.name == "LOGS":
                for log in book.logs:
                    yield self._log_cell(edge, base, name, log)
                    edge = ""
            if group.is_open:
                for visit in group.visits:
                    yield self._column(edge, base, name, visit, states[visit.code])
                    edge = ""
            else:
                members = [state for visit in group.visits for state in states[visit.code]]
                yield self._group_cell(edge, group, name, group_cell(members))

    def _column(self, edge: str, base: str, name: str, visit: Visit, states: Sequence[VisitCell]) -> str:
        if visit.kind is VisitKind.UNSCHEDULED:
            return self._unscheduled_cell(edge, base, name, states)
        cell = Cell(states[0].status, states[0].queries)
        return self._visit_cell(edge, f"{base}{visit.code}/", f"{name}, {self.labels[visit.code]}", cell)

    def _visit_cell(self, edge: str, url: str, name: str, cell: Cell) -> str:
        symbol, word = self._look(cell.status)
        badge, said = self._queries(cell.queries)
        return (
            f'<td{edge}><a class="cell" href="{url}" data-url="{url}card/" aria-label="{name}: {word}{said}">'
            f"{symbol}{badge}</a></td>"
        )

    def _unscheduled_cell(self, edge: str, base: str, name: str, states: Sequence[VisitCell]) -> str:
        """One cell for any number of visits: the worst of them, and how many there are."""
        cell = group_cell(states)
        symbol, word = self._look(cell.status)
        badge, said = self._queries(cell.queries)
        count = len(states)
        visits = escape(ngettext("%(count)s visit", "%(count)s visits", count) % {"count": count})
        title = escape(_("Unscheduled visits"))
        shown = f'{symbol}<span class="cnt">{count}</span>' if count else '<span class="cnt zero">0</span>'
        state = f", {word}" if count else ""
        return (
            f'<td{edge}><a class="cell log" href="{base}" data-url="{base}unscheduled/card/"'
            f' aria-label="{name}, {title}: {visits}{state}{said}">{shown}{badge}</a></td>'
        )

    def _group_cell(self, edge: str, group: GroupColumns, name: str, cell: Cell) -> str:
        symbol, word = self._look(cell.status)
        badge, said = self._queries(cell.queries)
        label = self.group_labels[group.key]
        url = escape(self.group_urls[group.key])
        return (
            f'<td{edge}><a class="cell folded" href="{url}" aria-label="{name}, {label}: {word}{said}">'
            f"{symbol}{badge}</a></td>"
        )

    def _log_cell(self, edge: str, base: str, name: str, log: LogCell) -> str:
        symbol, word = self._look(log.status)
        badge, said = self._queries(log.queries)
        title = escape(str(log.form.title))
        count = log.entries
        entries = escape(ngettext("%(count)s entry", "%(count)s entries", count) % {"count": count})
        shown = f'{symbol}<span class="cnt">{count}</span>' if count else '<span class="cnt zero">0</span>'
        state = f", {word}" if count else ""
        return (
            f'<td{edge}><a class="cell log" href="{base}?tab=logs#log-{escape(log.form.oid)}"'
            f' aria-label="{name}, {title}: {entries}{state}{said}">{shown}{badge}</a></td>'
        )

    def _look(self, state: Status) -> tuple[str, str]:
        found = self.drawn.get(state.code)
        if found is None:
            look = look_of(state)
            found = self.drawn[state.code] = (str(icon(look.icon, f"c-{look.colour}")), escape(str(look.word)))
        return found

    def _queries(self, count: QueryCount) -> tuple[str, str]:
        """Return the badge and what the cell's name says about queries: open ones first, they are the site's to do."""
        if count.open:
            said = ngettext("%(count)s query open", "%(count)s queries open", count.open) % {"count": count.open}
            return f'<span class="bdg c-q">{icon("chat-left-text-fill")}{count.open}</span>', f", {escape(said)}"
        if count.answered:
            said = ngettext("%(count)s query answered", "%(count)s queries answered", count.answered)
            said = said % {"count": count.answered}
            return f'<span class="bdg c-info">{icon("chat-left-text")}{count.answered}</span>', f", {escape(said)}"
        return "", ""


def subject_line(subject: Any, today: Any) -> str:
    """Return the small line under an identifier: the study day while it says something, and the status."""
    day = subject.study_day(today)
    if day is None or day > 400 or subject.status not in ("IN WINDOW", "FOLLOW-UP"):
        return str(subject.get_status_display())
    if day <= 28:
        return _("Day %(day)s of 28") % {"day": day}
    return _("%(status)s, day %(day)s") % {"status": subject.get_status_display(), "day": day}
