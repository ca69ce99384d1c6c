"""Write a dictionary into its table: all of it or nothing, and nothing when it is there already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.db import connection, models

from safety.ctcae import CTCAE_VERSION
from safety.dictionaries.ctcae_file import Described
from safety.dictionaries.meddra_files import LowestTerm
from safety.models import CtcaeDescription, MeddraTerm
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.signatures import note

BATCH = 2_000


def load_ctcae(*, by: User, terms: Sequence[Described]) -> tuple[int, bool]:
    """Store the descriptions of CTCAE v5.0: (number of descriptions, whether anything was written)."""
    rows = [
        CtcaeDescription(
            version=each.version, term=each.term, soc=each.soc, grade=grade, description=words,
            definition=each.definition, navigational_note=each.navigational_note,
        )
        for each in terms
        for grade, words in each.grades.items()
    ]  # fmt: skip
    return len(rows), _replace(CtcaeDescription, {"version": CTCAE_VERSION}, rows, by=by, name=CTCAE_VERSION)


def load_meddra(*, by: User, release: str, terms: Sequence[LowestTerm]) -> tuple[int, bool]:
    """Store one MedDRA release beside the others: (number of terms, whether anything was written)."""
    rows = [
        MeddraTerm(
            release=release, llt_code=each.llt_code, llt_name=each.llt_name, is_current=each.is_current,
            **asdict(each.path),
        )
        for each in terms
    ]  # fmt: skip
    name = f"MedDRA {release}".strip()
    return len(rows), _replace(MeddraTerm, {"release": release}, rows, by=by, name=name)


def _replace(
    model: type[models.Model], key: dict[str, str], rows: Sequence[models.Model], *, by: User, name: str
) -> bool:
    """Replace the rows of one version by others and say so in the access log; False when they are the same."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    wanted = {tuple(getattr(row, column) for column in columns) for row in rows}
    with acting(by, f"{name} loaded", source="command"):
        _wait_for_other_loads(model)
        present = model._default_manager.filter(**key)
        if set(present.values_list(*columns)) == wanted:
            return False
        present.delete()
        model._default_manager.bulk_create(rows, batch_size=BATCH)
        note(by, "dictionary loaded", f"{name}: {len(rows)} rows, SHA-256 of the content {_digest(wanted)}")
    return True


def _wait_for_other_loads(model: type[models.Model]) -> None:
    """Let one load after the other compare and replace; reading goes on meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(model._meta.db_table)} IN SHARE ROW EXCLUSIVE MODE")


def _digest(rows: Iterable[tuple[Any, ...]]) -> str:
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
