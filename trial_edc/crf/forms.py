"""Build the entry form of any form of the study from its description."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, LayoutObject
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import ModelFormMetaclass, construct_instance
from django.utils.translation import gettext as _

from trial_edc.crf import registry
from trial_edc.crf.checks import beside_the_answer, broken_checks, out_of_place
from trial_edc.crf.entry_fields import (
    ChoiceEntry,
    DateEntry,
    DecimalEntry,
    IntegerEntry,
    MultiChoiceEntry,
    PartialDateEntry,
    TextEntry,
    TimeEntry,
    YesNoEntry,
)
from trial_edc.crf.fields import PartialDateField, meaning_of
from trial_edc.crf.models import CrfRecord, CrfRow
from trial_edc.crf.spec import Check


def entry_field(field: Any, **kwargs: Any) -> forms.Field:
    """Return the form field for one item; a field type that is not listed here is a programming error."""
    meaning = meaning_of(field)
    common = {"label": field.verbose_name, "help_text": meaning.hint}
    if isinstance(field, ArrayField):
        return MultiChoiceEntry(meaning, choices=field.base_field.choices, **common)
    if field.choices:
        whole = isinstance(field, models.IntegerField)
        more: dict[str, Any] = {"coerce": int, "empty_value": None} if whole else {}
        return ChoiceEntry(meaning, choices=field.choices, **more, **common)
    if isinstance(field, PartialDateField):
        return PartialDateEntry(meaning, **common)
    if isinstance(field, models.BooleanField):
        return YesNoEntry(meaning, **common)
    if isinstance(field, models.DecimalField):
        return DecimalEntry(meaning, places=field.decimal_places or 0, **common)
    if isinstance(field, models.IntegerField):
        return IntegerEntry(meaning, **common)
    if isinstance(field, models.DateField):
        return DateEntry(meaning, **common)
    if isinstance(field, models.TimeField):
        return TimeEntry(meaning, **common)
    if isinstance(field, models.CharField | models.TextField):
        return TextEntry(meaning, long=isinstance(field, models.TextField), max_length=field.max_length, **common)
    raise TypeError(f"no entry field for {field!r}")


class RowTable(LayoutObject):  # type: ignore[misc]  # the library has no types
    """The place of a repeating table among the sections; the page says how it is drawn."""

    def __init__(self, oid: str) -> None:
        self.oid = oid

    def render(self, form: Any, *_args: Any, **_kwargs: Any) -> str:
        return str(form.draw_rows(self.oid)) if form.draw_rows else ""


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The fields of one form. It validates; saving is the service's business."""

    hard: list[Check]
    needed: list[Check]
    soft: list[Check]

    def __init__(self, *args: Any, editable: set[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if editable is not None:
            for name in set(self.fields) - editable:
                self.fields[name].disabled = True
        self.hard, self.needed, self.soft = [], [], []
        #: Set by the page: what hangs on each item, and the page around the form.
        self.flags: Any = None
        self.page: Any = None
        self.draw_rows: Any = None

    def name_under(self, prefix: str) -> None:
        """Give the fields names of their own on a page of several forms; what was typed goes with them."""
        if self.is_bound:
            data: Any = self.data
            typed = data.copy()
            for name in self.fields:
                if name in typed:
                    typed.setlist(f"{prefix}-{name}", typed.getlist(name))
            self.data = typed
        self.prefix = prefix
        self._bound_fields_cache: dict[str, Any] = {}

    def _post_clean(self) -> None:
        """Build the instance and clean its fields. The table's constraints are about columns no form carries."""
        exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]  # Django's own, not in its stubs
        options = self._meta
        self.instance = construct_instance(self, self.instance, options.fields, options.exclude)
        try:
            self.instance.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
        except ValidationError as problem:
            self._update_errors(problem)  # type: ignore[attr-defined]  # Django's own, not in its stubs

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(
            *(
                RowTable(section.rows)
                if section.rows
                else Fieldset(section.title, *(name for name in section.fields if name in self.fields))
                for section in self._meta.model.crf.sections
            )
        )
        return helper

    def run_checks(self, rows: list[Any] | None = None) -> None:
        """Run the edit checks on the values as typed; hard ones become errors, soft ones are listed."""
        if self.errors:
            return
        for name in out_of_place(self.instance):
            self.add_error(name, ValidationError(self._out_of_place(name), code="when"))
        for name in beside_the_answer(self.instance):
            self.add_error(name, ValidationError(_("Choose one of the list."), code="narrow"))
        for check in broken_checks(self.instance, rows):
            if check.hard:
                self.hard.append(check)
                self.add_error(check.place, ValidationError(check.message, code=check.oid))
            else:
                (self.needed if check.needed else self.soft).append(check)

    def _out_of_place(self, name: str) -> str:
        meaning = meaning_of(self._meta.model._meta.get_field(name))
        other = self.fields[meaning.when[0]].label if meaning.when else ""
        return _("This does not apply with the answer to “%(item)s”. Clear it, or correct that answer.") % {
            "item": other
        }


class RowForm(EntryForm):
    """One row of a repeating table. What a saved row is about never changes, whatever a page sends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Set by the page: what the clinic says about the values this row is about, by item.
        self.captions: dict[str, Any] = {}
        if not self.instance._state.adding:
            for name in self._item_names():
                self.fields[name].disabled = meaning_of(self._meta.model._meta.get_field(name)).fixed

    def has_content(self) -> bool:
        """Test whether anything was typed into the row."""
        return any(self.cleaned_data.get(name) not in (None, "", []) for name in self._item_names())

    def _item_names(self) -> list[str]:
        return [name for name in self.fields if name in self._meta.model.crf.fields]


@cache
def entry_form(model: type[CrfRecord], amendment: int | None = None) -> type[EntryForm]:
    """Return the entry form of `model` as it stood in the protocol at `amendment`."""
    return cast(type[EntryForm], _build(model, EntryForm, amendment))


@cache
def row_formset(model: type[CrfRow], *, extra: int = 0) -> Any:
    """Return the form set of a repeating table; rows are marked for removal by `DELETE`."""
    form = _build(model, RowForm, None)
    return forms.modelformset_factory(model, form=form, extra=extra, can_delete=True, max_num=200, validate_max=True)


def _build(model: Any, base: type[EntryForm], amendment: int | None) -> Any:
    names = [field.name for field, _item in registry.items(model, amendment)]
    fields = {name: entry_field(model._meta.get_field(name)) for name in names}
    meta = type("Meta", (), {"model": model, "fields": names})
    attributes = {"Meta": meta, "__module__": __name__, **fields}
    return cast(Any, ModelFormMetaclass(f"{model.__name__}Entry", (base,), attributes))
