"""The one dictionary of statuses, used by matrix, lists, pages and reports: word, icon and colour together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Status:
    """One state as people see it. `icon` is a Bootstrap icon name, `colour` a token of the style sheet.

    There is one object per state, so states are told apart by identity: a matrix compares them very often.
    """

    code: str
    word: str
    icon: str
    colour: str
    meaning: str


NOT_DUE = Status("NOT_DUE", "Not due yet", "dot", "ink-3", "The visit window has not opened.")
NOT_STARTED = Status("NOT_STARTED", "Not started", "circle", "ink-3", "Due, nothing entered.")
IN_PROGRESS = Status("IN_PROGRESS", "In progress", "circle-half", "action", "A draft exists.")
OVERDUE = Status("OVERDUE", "Overdue", "clock-fill", "warn", "The window has closed and the form is not complete.")
COMPLETE = Status("COMPLETE", "Complete", "check-circle-fill", "ok", "Submitted, no hard check open.")
NOT_DONE = Status("NOT_DONE", "Not done", "slash-circle", "ink-3", "Recorded as not performed, with a reason.")
VERIFIED = Status("VERIFIED", "Source verified", "shield-check", "verified", "The monitor compared it with the source.")
SIGNED = Status("SIGNED", "Signed", "vector-pen", "sign", "The investigator's signature is valid.")
FROZEN = Status("FROZEN", "Frozen", "snow2", "frost", "The site cannot edit; queries are still allowed.")
LOCKED = Status("LOCKED", "Locked", "lock-fill", "ink-2", "Nobody can edit.")
QUERY_OPEN = Status("QUERY_OPEN", "Query open", "chat-left-text-fill", "query", "The site must answer.")
QUERY_ANSWERED = Status("QUERY_ANSWERED", "Query answered", "chat-left-text", "action", "The monitor must close.")

#: After death or the end of the study nothing more is asked for; such a visit has no state of its own.
NOT_EXPECTED = Status("NOT_EXPECTED", "Not expected", "dash-circle", "ink-3", "The subject had left the study before.")

#: States of a form or visit, in the order of the legend.
FORM_STATUSES: tuple[Status, ...] = (
    NOT_DUE, NOT_STARTED, IN_PROGRESS, OVERDUE, COMPLETE, NOT_DONE, VERIFIED, SIGNED, FROZEN, LOCKED,
)  # fmt: skip
#: Badges that sit on top of any state.
QUERY_STATUSES: tuple[Status, ...] = (QUERY_OPEN, QUERY_ANSWERED)
#: Every status by its code.
STATUSES: Mapping[str, Status] = {status.code: status for status in FORM_STATUSES + QUERY_STATUSES}

#: From least to most finished; a visit takes the state of its least finished form.
LEAST_FINISHED_FIRST: tuple[Status, ...] = (
    OVERDUE, NOT_DUE, NOT_STARTED, IN_PROGRESS, COMPLETE, NOT_DONE, VERIFIED, SIGNED, FROZEN, LOCKED,
)  # fmt: skip
#: From worst to best; a collapsed group of visits shows the worst of its members. "Not due yet" says least.
WORST_FIRST: tuple[Status, ...] = (
    QUERY_OPEN, QUERY_ANSWERED, OVERDUE, IN_PROGRESS, NOT_STARTED, COMPLETE, NOT_DONE,
    VERIFIED, SIGNED, FROZEN, LOCKED, NOT_DUE,
)  # fmt: skip

_FINISHED_RANK = {status.code: rank for rank, status in enumerate(LEAST_FINISHED_FIRST)}
_WORST_RANK = {status.code: rank for rank, status in enumerate(WORST_FIRST)}


def least_finished(statuses: Iterable[Status]) -> Status | None:
    """The state a visit takes from its forms; None for a visit without forms.

    >>> least_finished([COMPLETE, IN_PROGRESS, VERIFIED]).word
    'In progress'
    """
    return min(statuses, key=lambda status: _FINISHED_RANK[status.code], default=None)


def worst(statuses: Iterable[Status]) -> Status | None:
    """The state a collapsed group takes from its visits and their queries; None for an empty group.

    >>> worst([NOT_DUE, LOCKED, COMPLETE]).word
    'Complete'
    """
    return min(statuses, key=lambda status: _WORST_RANK[status.code], default=None)


#: States of one slot of the dose board.
SLOT_STATUSES: tuple[Status, ...] = (
    Status("NO_DLT", "No DLT", "check-lg", "ok", "Evaluable without DLT."),
    Status("IN_WINDOW", "In window", "hourglass-split", "action", "The DLT window or a qualifying event is open."),
    Status("DLT", "DLT", "exclamation-diamond-fill", "bad", "A dose-limiting toxicity counts."),
    Status("REPLACED", "Replaced", "slash-circle", "ink-3", "Not evaluable; the slot opens again."),
    Status("PROPOSED", "Proposed slot", "plus-lg", "ink-3", "The slot opens if the decision is released."),
)
