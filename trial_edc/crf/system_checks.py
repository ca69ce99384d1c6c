"""A form that is described wrongly stops the start, not a coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from trial_edc.crf import registry
from trial_edc.protocol.forms import form as form_definition


@register()
def forms_are_complete(**_: object) -> list[CheckMessage]:
    """Every stored column is an item of exactly one section, and every form belongs to the study."""
    tables: list[Any] = [*registry.all_forms(), *registry.all_rows()]
    return [problem for model in tables for problem in _problems(model)]


def _problems(model: Any) -> Iterator[CheckMessage]:
    laid_out = sorted(model.crf.fields)
    stored = sorted(f.name for f in model._meta.concrete_fields if f.name not in model.BASE_FIELDS)
    if laid_out != stored:
        odd = sorted(set(laid_out) ^ set(stored)) or "an item laid out twice"
        yield Error(f"{model.__name__}: sections and columns differ: {odd}", id="crf.E001")
    oids = [field.item.oid for field in model._meta.concrete_fields if hasattr(field, "item")]
    if len(set(oids)) != len(oids):
        yield Error(f"{model.__name__}: an item OID is used twice", id="crf.E002")
    yield from _loose_ends(model)
    if any((section.only_at or section.not_at) and not section.rows for section in model.crf.sections):
        yield Error(f"{model.__name__}: only a table can be left out at some visits", id="crf.E006")
    if model in registry.all_rows() and not all(check.hard for check in model.crf.checks):
        yield Error(f"{model.__name__}: a check of a row must be hard", id="crf.E007")
    checks = [check.oid for check in model.crf.checks]
    if len(set(checks)) != len(checks):
        yield Error(f"{model.__name__}: a check OID is used twice", id="crf.E003")
    if model in registry.all_forms():
        try:
            form_definition(model.crf.oid)
        except KeyError:
            yield Error(f"{model.__name__}: the protocol has no form {model.crf.oid}", id="crf.E004")


def _loose_ends(model: Any) -> Iterator[CheckMessage]:
    for field in model._meta.concrete_fields:
        item = getattr(field, "item", None)
        for tie in (getattr(item, "when", None), getattr(item, "narrow", None)):
            if tie is not None and tie[0] not in model.crf.fields:
                yield Error(f"{model.__name__}.{field.name}: depends on {tie[0]}, which is no item", id="crf.E005")
    for check in model.crf.checks:
        if not (check.at or check.items) or check.at not in ("", *model.crf.fields):
            yield Error(f"{model.__name__}: the check {check.oid} stands at no item", id="crf.E008")
