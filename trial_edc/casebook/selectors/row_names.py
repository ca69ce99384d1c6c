"""What people call one row of a table: what it is about (the analyte, the lesion), else its number."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from trial_edc.casebook.display import display_trail_text
from trial_edc.crf import registry


@cache
def naming_items() -> dict[str, tuple[str, ...]]:
    """Return the items that say what a row is about, by table; tables whose rows have only numbers are left out."""
    tables: list[Any] = list(registry.all_rows())
    named = {table.crf.oid: tuple(f.name for f, item in registry.items(table) if item.fixed) for table in tables}
    return {oid: names for oid, names in named.items() if names}


def row_name(oid: str, texts: Mapping[str, str | None], position: int | str | None) -> str:
    """Return the name of a row from its values as the trail keeps them; `position` is None for a row that is gone."""
    if position is None:
        return _("removed row")
    table: Any = registry.find_table(oid)
    names = naming_items().get(oid, ())
    found = [display_trail_text(table._meta.get_field(name), texts.get(name)) for name in names]
    return ", ".join(text for text in found if text) or _("row %(number)s") % {"number": position}
