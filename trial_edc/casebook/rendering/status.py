"""The one vocabulary of states: icon, word and colour always travel together (design guide, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from trial_edc.protocol.status import NOT_EXPECTED, SLOT_STATUSES, STATUSES, Status

from .icons import icon


@dataclass(frozen=True)
class StatusLook:
    """How one state is shown: sprite symbol, word, and the suffix of its text and chip colour class."""

    icon: str
    word: str | Promise
    colour: str
    chip: str = "mute"


#: Colour token of the study's dictionary -> (suffix of the text colour class, chip class).
CLASSES: dict[str, tuple[str, str]] = {
    "ink-3": ("mute", "mute"),
    "ink-2": ("lock", "mute"),
    "action": ("info", "info"),
    "warn": ("warn", "warn"),
    "ok": ("ok", "ok"),
    "bad": ("bad", "bad"),
    "verified": ("sdv", "sdv"),
    "sign": ("sign", "sign"),
    "frost": ("frost", "frost"),
    "query": ("q", "query"),
}
#: The words of the study's dictionary once more, literally, for the translation catalogue.
WORDS = (
    _("Not due yet"), _("Not started"), _("In progress"), _("Overdue"), _("Complete"), _("Not done"),
    _("Source verified"), _("Signed"), _("Frozen"), _("Locked"), _("Query open"), _("Query answered"),
    _("Not expected"), _("No DLT"), _("In window"), _("DLT"), _("Replaced"), _("Proposed slot"),
)  # fmt: skip


def _look(status: Status) -> StatusLook:
    return StatusLook(status.icon, _(status.word), *CLASSES[status.colour])


#: Every state of the study's one dictionary by its code in small letters, and the board's hold.
STATUS_LOOKS: dict[str, StatusLook] = {
    **{status.code.lower(): _look(status) for status in (*STATUSES.values(), NOT_EXPECTED, *SLOT_STATUSES)},
    "clear": StatusLook("check-circle-fill", _("No DLT"), "ok", "ok"),
    "on_hold": StatusLook("pause-circle-fill", _("On hold"), "bad", "bad"),
}


def look_of(state: Any) -> StatusLook:
    """Look of a state given by its code, or by an object that carries ``icon``, ``word`` and ``colour`` itself."""
    if isinstance(state, str):
        return STATUS_LOOKS[state.lower()]
    known = STATUS_LOOKS.get(str(getattr(state, "code", "")).lower())
    if known is not None:
        return known
    return StatusLook(state.icon, state.word, state.colour, getattr(state, "chip", state.colour))


def status_html(state: Any, *, as_chip: bool = False, icon_only: bool = False) -> SafeString:
    """Icon and word of a state; ``icon_only`` keeps the word as the icon's accessible name."""
    look = look_of(state)
    word = str(look.word)
    if icon_only:
        return icon(look.icon, f"c-{look.colour}", word)
    if as_chip:
        return SafeString(f'<span class="chip {look.chip}">{icon(look.icon)}{escape(word)}</span>')
    return SafeString(f'<span class="status">{icon(look.icon, f"c-{look.colour}")} {escape(word)}</span>')
