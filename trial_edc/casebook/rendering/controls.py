"""The control of one entry field: what a person types into, ticks or reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .dates import study_date

#: Controls sit in rows outside the form element, so that query threads in the same row can be forms of their own.
FORM_ID = "crf-form"
#: Labels up to this length are set side by side when there are at most three.
SHORT_LABEL = 14
#: Text up to this length gets a narrow control in a table.
SHORT_TEXT = 24

_WIDTHS = {"date": "w-date", "partial_date": "w-date", "time": "w-time", "text": "w-md"}
_NUMBERS = frozenset({"integer", "decimal"})
_DATES = frozenset({"date", "partial_date"})

Choice = tuple[str, str]


def shown_value(value: Any) -> str:
    """A value as it stands in a text control: study date, ``HH:mm``, plain decimals, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (dt.date, dt.datetime)):
        return study_date(value)
    return str(value)


def _flatten(choices: Iterable[Any]) -> Iterator[Choice]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flatten(label)
        else:
            yield shown_value(value), str(label)


def choices_of(field: BoundField) -> list[Choice]:
    """(value, label) of every real option; the empty one is left out, each control has its own way to be empty."""
    source: Any = getattr(field.field, "choices", None) or getattr(field.field.widget, "choices", ())
    return [choice for choice in _flatten(source) if choice[0] != ""]


def offered(field: BoundField) -> list[Choice]:
    """The options to choose from: those that go with the answer this one depends on, and what is chosen already."""
    choices, meaning = choices_of(field), getattr(field.field, "meaning", None)
    if meaning is None or meaning.narrow is None:
        return choices
    form: Any = field.form
    allowed, chosen = meaning.choices_beside(form[meaning.narrow[0]].value()), chosen_values(field.value())
    return [choice for choice in choices if allowed is None or choice[0] in allowed or choice[0] in chosen]


def chosen_values(value: Any) -> frozenset[str]:
    """The chosen option values as text, for one choice or many."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return frozenset(shown_value(one) for one in value)
    return frozenset() if value is None or value == "" else frozenset((shown_value(value),))


def readable_value(field: BoundField, kind: str) -> str:
    """The value in words, for pages nobody can edit: the label of a choice, the study form of a date."""
    value = field.value()
    if kind in {"choice", "yes_no", "multi_choice"}:
        chosen, choices = chosen_values(value), choices_of(field)
        retired = sorted(chosen - {code for code, _label in choices})
        return ", ".join([label for code, label in choices if code in chosen] + retired)
    return shown_value(value)


def owner(field: BoundField) -> str:
    """Attribute naming the entry form; ordinary forms enclose their controls and need none."""
    return f' form="{FORM_ID}"' if getattr(field.form, "page", None) is not None else ""


def attributes(field: BoundField, described_by: str, state: str) -> str:
    """Attributes every control shares: id, name, owner form, description, and whether the value is refused."""
    parts = [f' id="{escape(field.auto_id)}" name="{escape(field.html_name)}"{owner(field)}']
    if described_by:
        parts.append(f' aria-describedby="{escape(described_by)}"')
    if state == "hard":
        parts.append(' aria-invalid="true"')
    return "".join(parts)


def _state_class(state: str) -> str:
    return {"hard": " is-invalid", "soft": " soft"}.get(state, "")


def text_control(field: BoundField, kind: str, described_by: str, state: str) -> str:
    """One line of text, with the extra attributes a date, a time or a number needs.

    No ``maxlength``: browsers cut pasted text without a word, while the form refuses it and keeps it.
    """
    longest = getattr(field.field, "max_length", None)
    short = " w-short" if kind == "text" and longest is not None and longest <= SHORT_TEXT else ""
    css = f"form-control {_WIDTHS.get(kind, '')}".rstrip() + short + _state_class(state)
    extra = ""
    if kind in _DATES:
        extra = ' data-date="partial"' if kind == "partial_date" else ' data-date="full"'
    elif kind in _NUMBERS:
        extra = ' inputmode="decimal"'
    elif kind == "time":
        extra = ' inputmode="numeric"'
    suggest = getattr(getattr(field.field, "meaning", None), "suggest", "")
    if suggest:
        return _combobox(field, suggest, css, attributes(field, described_by, state) + extra)
    return (
        f'<input type="text" class="{css}"{attributes(field, described_by, state)}'
        f' value="{escape(shown_value(field.value()))}" placeholder=" " autocomplete="off"{extra}>'
    )


def _combobox(field: BoundField, suggest: str, css: str, attributes_html: str) -> str:
    """A text control with a list below it that the server searches while somebody types; any text can be typed."""
    identifier = f"{escape(field.auto_id)}-options"
    query = urlencode({"list": suggest, "name": field.html_name})
    url = escape(f"{reverse('casebook:find-terms')}?{query}")
    return (
        f'<span class="combo"><input type="text" class="{css}"{attributes_html}'
        f' value="{escape(shown_value(field.value()))}" placeholder=" " autocomplete="off" role="combobox"'
        f' aria-autocomplete="list" aria-expanded="false" aria-controls="{identifier}" data-combo hx-get="{url}"'
        f' hx-trigger="input changed delay:150ms" hx-target="#{identifier}" hx-sync="this:replace">'
        f'<ul class="combo-list" id="{identifier}" role="listbox" aria-label="{escape(field.label)}" hidden></ul>'
        "</span>"
    )


def text_area(field: BoundField, described_by: str, state: str) -> str:
    """Several lines of text."""
    return (
        f'<textarea class="form-control{_state_class(state)}" rows="3" placeholder=" "'
        f"{attributes(field, described_by, state)}>\n{escape(shown_value(field.value()))}</textarea>"
    )


def select_control(field: BoundField, described_by: str, state: str) -> str:
    """A list to open, for many options or for a table cell."""
    chosen = chosen_values(field.value())
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(label)}</option>'
        for value, label in offered(field)
    )
    return (
        f'<select class="form-select{_state_class(state)}"{attributes(field, described_by, state)}>'
        f'<option value="">{escape(_("Choose"))}</option>{options}</select>'
    )


def choice_group(field: BoundField, described_by: str, state: str, *, many: bool) -> str:
    """A named group of radio buttons, or of tick boxes when ``many`` may be chosen."""
    chosen, choices = chosen_values(field.value()), offered(field)
    identifier, name = escape(field.auto_id), escape(field.html_name)
    kind, owned_by = ("checkbox" if many else "radio"), owner(field)
    options = "".join(
        f'<label><input class="form-check-input" type="{kind}" name="{name}" id="{identifier}_{number}"'
        f' value="{escape(value)}"{owned_by}{" checked" if value in chosen else ""}>{escape(label)}</label>'
        for number, (value, label) in enumerate(choices)
    )
    side_by_side = len(choices) <= 3 and all(len(label) <= SHORT_LABEL for _value, label in choices)
    css = ("radios" if side_by_side else "radios col") + (" is-invalid" if state == "hard" else "")
    described = f' aria-describedby="{escape(described_by)}"' if described_by else ""
    invalid = ' aria-invalid="true"' if state == "hard" and not many else ""
    role = "group" if many else "radiogroup"
    return (
        f'<div class="{css}" role="{role}" id="{identifier}" aria-labelledby="{identifier}-l"{described}{invalid}>'
        f"{options}</div>"
    )


def is_group(field: BoundField, kind: str, *, compact: bool) -> bool:
    """Whether the control is a named group rather than one labelled input."""
    if kind == "multi_choice" or isinstance(field.field.widget, forms.CheckboxSelectMultiple):
        return True
    if compact:
        return False
    return kind == "yes_no" or isinstance(field.field.widget, forms.RadioSelect)


def control_html(field: BoundField, kind: str, described_by: str, state: str, *, compact: bool) -> str:
    """The control of a field of ``kind``; ``compact`` is the form it takes in a table cell."""
    if is_group(field, kind, compact=compact):
        return choice_group(field, described_by, state, many=kind == "multi_choice")
    if kind in {"choice", "yes_no"}:
        return select_control(field, described_by, state)
    if kind == "long_text":
        return text_area(field, described_by, state)
    return text_control(field, kind, described_by, state)


def is_plain_group(field: BoundField) -> bool:
    """Whether an ordinary Django field is a set of radio buttons or tick boxes (the first is a subclass of Select)."""
    return isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))


def plain_widget(field: BoundField, described_by: str) -> SafeString:
    """The widget of an ordinary Django form field, in the product's look."""
    widget = field.field.widget
    if is_plain_group(field):
        many = isinstance(widget, forms.CheckboxSelectMultiple)
        return SafeString(choice_group(field, described_by, "hard" if field.errors else "", many=many))
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    attrs: dict[str, Any] = {"class": f"{css} {widget.attrs.get('class', '')}".rstrip()}
    if described_by:
        attrs["aria-describedby"] = described_by
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


def hidden_label(field: BoundField) -> str:
    """A label for screen readers only, used in table cells whose column header shows the words."""
    return f'<label class="vh" for="{escape(field.auto_id)}">{escape(full_label(field))}</label>'


def full_label(field: BoundField) -> str:
    """The label of a field; in a row that is about something, with what it is about: "Haemoglobin: Result"."""
    form: Any = field.form
    for name, other in form.fields.items():
        if name != field.name and getattr(getattr(other, "meaning", None), "fixed", False):
            about = readable_value(form[name], getattr(other, "kind", "text"))
            return f"{about}: {field.label}" if about else str(field.label)
    return str(field.label)
