"""The one vocabulary of states: icon, word and colour always travel together (design guide, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .icons import icon


@dataclass(frozen=True)
class StatusLook:
    """How one state is shown: sprite symbol, word, and the suffix of its text and chip colour class."""

    icon: str
    word: str | Promise
    colour: str
    chip: str = "mute"


STATUS_LOOKS: dict[str, StatusLook] = {
    "not_due": StatusLook("dot", _("Not due yet"), "mute"),
    "not_started": StatusLook("circle", _("Not started"), "mute"),
    "in_progress": StatusLook("circle-half", _("In progress"), "info", "info"),
    "overdue": StatusLook("clock-fill", _("Overdue"), "warn", "warn"),
    "complete": StatusLook("check-circle-fill", _("Complete"), "ok", "ok"),
    "not_done": StatusLook("slash-circle", _("Not done"), "mute"),
    "verified": StatusLook("shield-check", _("Source verified"), "sdv", "sdv"),
    "signed": StatusLook("vector-pen", _("Signed"), "sign", "sign"),
    "frozen": StatusLook("snow2", _("Frozen"), "frost", "frost"),
    "locked": StatusLook("lock-fill", _("Locked"), "lock"),
    "query_open": StatusLook("chat-left-text-fill", _("Query open"), "q", "query"),
    "query_answered": StatusLook("chat-left-text", _("Query answered"), "info", "info"),
    "clear": StatusLook("check-circle-fill", _("No DLT"), "ok", "ok"),
    "in_window": StatusLook("hourglass-split", _("In window"), "info", "info"),
    "dlt": StatusLook("exclamation-diamond-fill", _("DLT"), "bad", "bad"),
    "replaced": StatusLook("slash-circle", _("Replaced"), "mute"),
    "proposed": StatusLook("plus-lg", _("Proposed slot"), "info", "info"),
    "on_hold": StatusLook("pause-circle-fill", _("On hold"), "bad", "bad"),
}


def look_of(state: Any) -> StatusLook:
    """Look of a state given by its code, or by an object that carries ``icon``, ``word`` and ``colour`` itself."""
    if isinstance(state, str):
        return STATUS_LOOKS[state.lower()]
    known = STATUS_LOOKS.get(str(getattr(state, "code", "")).lower())
    if known is not None:
        return StatusLook(known.icon, getattr(state, "word", "") or known.word, known.colour, known.chip)
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
