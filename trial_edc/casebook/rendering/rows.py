"""One row of an entry form: label, control, actions, and what the checks say about the value."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.forms import CheckboxInput
from django.forms.boundfield import BoundField
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .actions import actions_html, query_html
from .controls import (
    FORM_ID,
    control_html,
    hidden_label,
    is_group,
    is_plain_group,
    plain_widget,
    readable_value,
    shown_value,
)
from .icons import icon

_DEFAULT_HINTS = {"date": "dd-MMM-yyyy", "time": "HH:mm"}


class EntryRow:
    """A bound field seen as a row: ``field.field`` has ``meaning`` and ``kind``, the form has ``flags`` and ``page``.

    Fields without a meaning (sign-in, search, dialogs) are ``plain`` and keep their Django widget.
    """

    def __init__(self, field: BoundField, *, compact: bool = False) -> None:
        self.field = field
        self.compact = compact
        self.meaning: Any = getattr(field.field, "meaning", None)
        self.plain = self.meaning is None
        self.kind: str = getattr(field.field, "kind", "text")
        self.page: Any = getattr(field.form, "page", None)
        flags = getattr(field.form, "flags", None)
        self.marks: Any = flags.get(field.name) if flags else None
        self.identifier = escape(field.auto_id)

    def html(self) -> SafeString:
        """The whole row: label left, control in the middle, actions right, flags below."""
        if self.field.is_hidden:
            return self.field.as_widget()
        if self.plain:
            tick = isinstance(self.field.field.widget, CheckboxInput)
            parts = f'<div class="tick">{self.control}{self.label}</div>' if tick else f"{self.label}{self.control}"
            return SafeString(f'<div class="fld" id="row-{self.identifier}">{parts}{self.flags}</div>')
        return SafeString(
            f'<div class="f" id="row-{self.identifier}"{self.condition}><div class="lb">{self.label}</div>'
            f'<div class="ctl">{self.control}</div><div class="acts">{self.actions}</div>{self.flags}</div>'
        )

    @property
    def condition(self) -> str:
        """Attributes that tie the row to another answer; out of sight while that answer says it does not apply."""
        when = getattr(self.meaning, "when", None)
        if when is None:
            return ""
        form: Any = self.field.form
        other = form[when[0]]
        values = escape("|".join(shown_value(other.field.prepare_value(value)) for value in when[1]))
        applies = self.meaning.applies_to(form.instance)
        hidden = "" if applies or self.errors or readable_value(self.field, self.kind) else " hidden"
        return f' data-when="{escape(other.html_name)}" data-when-values="{values}"{hidden}'

    @cached_property
    def read_only(self) -> bool:
        """Shown as text: the form is closed, this person may not judge it, or the row is about just this."""
        closed = bool(getattr(self.page, "read_only", False)) or self.field.field.disabled
        return closed or bool(getattr(self.meaning, "fixed", False))

    @cached_property
    def errors(self) -> list[str]:
        """Sentences that block completing, each once, from the checks and from reading what was typed."""
        found = [str(message) for message in getattr(self.marks, "hard", ())]
        found += [str(message) for message in self.field.errors]
        return list(dict.fromkeys(found))

    @cached_property
    def doubts(self) -> list[Any]:
        """Soft checks that speak about this value."""
        return list(getattr(self.marks, "soft", ()))

    @property
    def state(self) -> str:
        if self.errors:
            return "hard"
        return "soft" if any(not doubt.confirmed for doubt in self.doubts) else ""

    @cached_property
    def hint(self) -> str:
        """Help under the label: the item's own, else the format; then the expected range and who may judge."""
        parts = [str(getattr(self.meaning, "hint", "") or self.field.help_text or _DEFAULT_HINTS.get(self.kind, ""))]
        if self.kind == "partial_date" and not parts[0]:
            parts = [_("If the day is unknown, type UN, for example UN-Nov-2026")]
        if getattr(self.meaning, "normal", None):
            parts.append(_("Expected %(range)s") % {"range": self.meaning.normal})
        if getattr(self.meaning, "judgement", False):
            parts.append(_("Physician's assessment"))
        return " · ".join(part for part in parts if part)

    @cached_property
    def unit(self) -> str:
        return str(getattr(self.meaning, "unit", "") or "")

    @cached_property
    def described_by(self) -> str:
        """Ids of hint, unit, date echo, errors and doubts, in reading order."""
        ids = [f"{self.identifier}-h"] if self.hint and not self.compact else []
        if self.unit and not self.compact and not self.grouped:
            ids.append(f"{self.identifier}-u")
        if self.kind in {"date", "partial_date"}:
            ids.append(f"{self.identifier}-echo")
        ids += [f"{self.identifier}-e{number}" for number in range(len(self.errors))]
        ids += [f"{self.identifier}-s{number}" for number in range(len(self.doubts))]
        return " ".join(ids)

    @cached_property
    def grouped(self) -> bool:
        if self.plain:
            return is_plain_group(self.field)
        return is_group(self.field, self.kind, compact=self.compact)

    @property
    def label(self) -> SafeString:
        text = escape(self.field.label)
        if self.grouped or self.read_only:
            html = f'<span class="q" id="{self.identifier}-l">{text}</span>'
        else:
            html = f'<label class="q" for="{self.identifier}">{text}</label>'
        if self.hint:
            html += f'<span class="hint" id="{self.identifier}-h">{escape(self.hint)}</span>'
        return SafeString(html)

    @property
    def control(self) -> SafeString:
        """The control with its unit and echo, or the value in words on a closed form."""
        if self.plain:
            return plain_widget(self.field, self.plain_described_by)
        if self.read_only:
            return SafeString(self._value_in_words() + self._caption() + self._carried())
        html = control_html(self.field, self.kind, self.described_by, self.state, compact=self.compact)
        if self.compact:
            html = (self._group_name() if self.grouped else hidden_label(self.field)) + html
        elif self.unit and not self.grouped:
            html = f'<span class="ing">{html}<span class="u" id="{self.identifier}-u">{escape(self.unit)}</span></span>'
        elif self.kind in {"integer", "decimal"}:
            html = f'<span class="ing alone">{html}</span>'
        html += self._echo()
        return SafeString(html if self.compact else f'<div class="row-in">{html}{self._not_available()}</div>')

    @property
    def plain_described_by(self) -> str:
        ids = [f"{self.identifier}-h"] if self.hint else []
        return " ".join(ids + [f"{self.identifier}-e{number}" for number in range(len(self.errors))])

    @property
    def actions(self) -> SafeString:
        return SafeString(actions_html(self)) if self.page is not None and not self.plain else SafeString("")

    @property
    def query(self) -> SafeString:
        """The button of an unresolved query alone, for the cells of a table; new ones are asked on other pages."""
        return SafeString(query_html(self) if getattr(self.marks, "query", None) else "")

    @property
    def flags(self) -> SafeString:
        """The box under the control that says what the checks found; always there, so that it can be filled later."""
        body = "".join(self._error_line(number, text) for number, text in enumerate(self.errors))
        body += "".join(self._doubt_line(number, doubt) for number, doubt in enumerate(self.doubts))
        body += self._said_beside()
        return SafeString(
            f'<div class="flags" id="{self.identifier}-flags" data-for="{self.identifier}" data-state="{self.state}"'
            f' data-described="{self.described_by}">{body}</div>'
        )

    def _caption(self) -> str:
        """What the clinic says about the value a row is about: where a lesion sits, what it measured before."""
        text = getattr(self.field.form, "captions", {}).get(self.field.name, "")
        return f'<br><span class="sub tiny">{escape(text)}</span>' if text else ""

    def _said_beside(self) -> str:
        """What a rule makes of a value in a row, such as its grade; it goes with the flags, so it stays current."""
        said = getattr(self.field.form, "captions", {}).get(self.field.name, "")
        fixed = bool(getattr(self.meaning, "fixed", False))
        return "" if fixed or not said else f'<p class="said">{icon("calculator")}<span>{escape(said)}</span></p>'

    def _carried(self) -> str:
        """What a row is about travels with it, unseen."""
        if not getattr(self.meaning, "fixed", False) or getattr(self.page, "read_only", False):
            return ""
        value, name = escape(shown_value(self.field.value())), escape(self.field.html_name)
        return f'<input type="hidden" name="{name}" id="{self.identifier}" value="{value}" form="{FORM_ID}">'

    def _group_name(self) -> str:
        return f'<span class="vh" id="{self.identifier}-l">{escape(self.field.label)}</span>'

    def _value_in_words(self) -> str:
        missing = str(getattr(self.marks, "missing", "") or "")
        if missing:
            words = dict(self._missing_choices()).get(missing, missing)
            return f'<span class="ro na-set">{escape(words)}</span>'
        words = readable_value(self.field, self.kind)
        if not words:
            fixed = bool(getattr(self.meaning, "fixed", False))
            return f'<span class="ro empty-value">{escape((fixed and self.meaning.hint) or _("No entry"))}</span>'
        unit = f' <span class="ro-u">{escape(self.unit)}</span>' if self.unit and not self.compact else ""
        return f'<span class="ro">{escape(words)}{unit}</span>'

    def _echo(self) -> str:
        if self.kind in {"date", "partial_date"}:
            echo = escape(getattr(self.marks, "echo", "") or "")
            mark = icon("check-lg", "c-ok") if echo else ""
            return f'<span class="echo" id="{self.identifier}-echo">{mark}<span>{echo}</span></span>'
        offset = getattr(self.page, "utc_offset", "") if self.kind == "time" and not self.compact else ""
        return f'<span class="echo">{escape(offset)}</span>' if offset else ""

    def _missing_choices(self) -> list[tuple[str, str]]:
        choices = getattr(self.page, "missing_choices", None) or ()
        return [(str(code), str(label)) for code, label in choices if code]

    def _not_available(self) -> str:
        """Missing data is a choice: a small opener beside the control, with the reasons behind it."""
        choices = self._missing_choices()
        if not choices:
            return ""
        chosen = str(getattr(self.marks, "missing", "") or "")
        options = "".join(
            f'<option value="{escape(code)}"{" selected" if code == chosen else ""}>{escape(label)}</option>'
            for code, label in choices
        )
        label = escape(self.field.label)
        return (
            f'<details class="na{" set" if chosen else ""}"{" open" if chosen else ""}>'
            f'<summary>{escape(_("Not available…"))}<span class="vh"> {label}</span></summary>'
            f'<select class="form-select" name="missing-{escape(self.field.html_name)}" form="{FORM_ID}"'
            f' aria-label="{escape(_("Why not available"))}: {label}">'
            f'<option value="">{escape(_("A value will be entered"))}</option>{options}</select></details>'
        )

    def _error_line(self, number: int, text: str) -> str:
        mark = icon("exclamation-circle-fill")
        return f'<p class="errline" id="{self.identifier}-e{number}">{mark}<span>{escape(text)}</span></p>'

    def _doubt_line(self, number: int, doubt: Any) -> str:
        identifier = f"{self.identifier}-s{number}"
        text = f'<span class="tx" id="{identifier}">{escape(doubt.message)}</span>'
        mark = icon("exclamation-triangle-fill")
        if self.read_only:
            said = f'<span class="chip ok">{escape(_("Confirmed as correct"))}</span>' if doubt.confirmed else ""
            return f'<div class="flagline">{mark}{text}{said}</div>'
        code, explanation = escape(doubt.code), escape(getattr(doubt, "explanation", "") or "")
        return (
            f'<div class="flagline">{mark}{text}<label class="btn btn-quiet btn-xs confirm">'
            f'<input class="form-check-input" type="checkbox" name="confirm-{code}" value="1" form="{FORM_ID}"'
            f' aria-describedby="{identifier}"{" checked" if doubt.confirmed else ""}>'
            f"{escape(_('Value is correct'))}</label>"
            f'<label class="why-line"><span>{escape(_("Explanation"))}</span>'
            f'<input class="form-control" type="text" name="explain-{code}" form="{FORM_ID}" value="{explanation}"'
            f' autocomplete="off" aria-describedby="{identifier}"></label></div>'
        )

    def summary_of_changes(self) -> str:
        """Accessible name of the history button."""
        count = int(getattr(self.marks, "changed", 0) or 0)
        text = ngettext("History of %(label)s, %(count)d entry", "History of %(label)s, %(count)d entries", count)
        return text % {"label": self.field.label, "count": count}
