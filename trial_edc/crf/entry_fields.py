"""Form fields that take what people type: tolerant dates, decimal commas, yes and no."""

from __future__ import annotations

import copy
import re
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.crf.spec import Item
from trial_edc.protocol.partial_dates import DateText, PartialDate, parse_full_date, parse_partial_date, parse_time

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
#: How a laboratory or a reader marks a value beyond a limit.
LIMIT_SIGNS = frozenset("<>≤≥＜＞")


class EntryField(forms.Field):
    """What every entry field has: the meaning of its item and the kind of control it needs."""

    meaning: Item
    kind = "text"

    def __init__(self, meaning: Item, **kwargs: Any) -> None:
        self.meaning = meaning
        super().__init__(required=False, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Copy for one more form. Widget and choices never change, so all forms share them, labels and all."""
        result = copy.copy(self)
        memo[id(self)] = result
        return result


def _sentence(problem: DateText) -> ValidationError:
    return ValidationError(_(problem.template) % problem.values, code="unreadable")


class DateEntry(EntryField):
    """A complete date in any of the usual spellings."""

    kind = "date"
    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return PartialDate.from_date(value).display() if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return parse_full_date(value)
        except DateText as problem:
            raise _sentence(problem) from None


class PartialDateEntry(EntryField):
    """A date of which day or month may be unknown; kept as ISO text."""

    kind = "partial_date"
    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        try:
            return PartialDate.from_iso(value).display() if value else value
        except DateText:
            return value

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        try:
            return parse_partial_date(value).iso()
        except DateText as problem:
            raise _sentence(problem) from None


class TimeEntry(EntryField):
    """A time of day, 24 hours."""

    kind = "time"
    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values or isinstance(value, time):
            return value or None
        try:
            return parse_time(value)
        except DateText as problem:
            raise _sentence(problem) from None


class DecimalEntry(EntryField):
    """A number with point or comma; never rounded silently."""

    kind = "decimal"
    widget = forms.TextInput
    places = 0

    def __init__(self, meaning: Item, *, places: int = 0, **kwargs: Any) -> None:
        self.places = places
        super().__init__(meaning, **kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        number = self._in_places(self._read(str(value).strip()))
        self._within(number)
        return number

    def _in_places(self, number: Decimal) -> Decimal:
        """Return the number with the digits the table keeps, exact for any length; further digits are refused.

        What a rule computes while the form is saved is then the same as what it computes from the table.
        """
        sign, digits, exponent = number.as_tuple()
        surplus = -int(exponent) - self.places
        if surplus > 0 and any(digits[-surplus:]):
            raise ValidationError(_("Enter at most %(places)s decimal places.") % {"places": self.places})
        kept = digits[:-surplus] if surplus > 0 else digits + (0,) * -surplus
        # A table knows no negative zero.
        return Decimal((sign if any(kept) else 0, kept or (0,), -self.places))

    def _read(self, text: str) -> Decimal:
        if not NUMBER.fullmatch(text):
            if text[:1] in LIMIT_SIGNS:
                raise ValidationError(_("Enter the number alone, without “%(sign)s”.") % {"sign": text[0]}, code="sign")
            if self.meaning.unit and NUMBER.fullmatch(text.removesuffix(self.meaning.unit).strip()):
                raise ValidationError(_("Enter the number alone, without its unit."), code="unit")
            raise ValidationError(_("Enter a number, like %(example)s.") % {"example": self.example}, code="unreadable")
        try:
            return Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise ValidationError(_("Enter a number."), code="unreadable") from None

    @property
    def example(self) -> str:
        return "36.6" if self.places else "12"

    def _within(self, number: Decimal) -> None:
        if self.meaning.limits is None:
            return
        low, high = self.meaning.limits
        if not low <= number <= high:
            sentence = _("Enter a number from %(low)s to %(high)s.") % {"low": low, "high": high}
            raise ValidationError(sentence, code="limits")


class IntegerEntry(DecimalEntry):
    """A whole number."""

    kind = "integer"

    def to_python(self, value: Any) -> int | None:
        number = super().to_python(value)
        return None if number is None else int(number)


class YesNoEntry(EntryField):
    """Yes, no, or not answered; the three are kept apart."""

    kind = "yes_no"
    choices = (("true", gettext_lazy("Yes")), ("false", gettext_lazy("No")))
    widget = forms.RadioSelect

    def __init__(self, meaning: Item, **kwargs: Any) -> None:
        super().__init__(meaning, **kwargs)
        self.widget.choices = self.choices

    def prepare_value(self, value: Any) -> Any:
        return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value

    def to_python(self, value: Any) -> bool | None:
        if isinstance(value, bool) or value in self.empty_values:
            return value if isinstance(value, bool) else None
        try:
            return {"true": True, "false": False}[value]
        except (KeyError, TypeError):
            raise ValidationError(_("Choose yes or no.")) from None


class ChoiceEntry(EntryField, forms.TypedChoiceField):
    """One of a list: radio buttons for up to five, a drop-down list for more."""

    kind = "choice"

    def __init__(self, meaning: Item, *, choices: Any, coerce: Any = str, empty_value: Any = "", **kwargs: Any) -> None:
        self.meaning = meaning
        options = list(choices)
        widget = forms.RadioSelect if len(options) <= 5 else forms.Select
        forms.TypedChoiceField.__init__(
            self,
            choices=options if widget is forms.RadioSelect else [("", _("Choose")), *options],
            coerce=coerce, empty_value=empty_value, required=False, widget=widget, **kwargs,
        )  # fmt: skip


class MultiChoiceEntry(EntryField, forms.MultipleChoiceField):
    """Any of a list."""

    kind = "multi_choice"

    def __init__(self, meaning: Item, *, choices: Any, **kwargs: Any) -> None:
        self.meaning = meaning
        forms.MultipleChoiceField.__init__(
            self, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def to_python(self, value: Any) -> list[str]:
        """Return the answers once each, in the order of the list: the order of ticking is no change of the data."""
        listed: Any = self.choices
        order = {str(code): place for place, (code, _words) in enumerate(listed)}
        return sorted(dict.fromkeys(super().to_python(value)), key=lambda answer: order.get(answer, len(order)))


class TextEntry(EntryField, forms.CharField):
    """Free text of a limited length; control characters are refused, emoji are not."""

    def __init__(self, meaning: Item, *, long: bool = False, **kwargs: Any) -> None:
        self.meaning = meaning
        self.kind = "long_text" if long else "text"
        widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput()
        forms.CharField.__init__(self, required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.meaning.normalise(text) if text and self.meaning.normalise else text
