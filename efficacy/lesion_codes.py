"""The codes of lesions: T01, NT01, NEW01 in the order of saving; a code is never given twice in a subject."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from trial_edc.audit.models import ItemChange

TARGET, NON_TARGET, NEW = "T", "NT", "NEW"


def next_code(subject_id: UUID, table: str, prefix: str) -> str:
    """Return the code after the highest one that a lesion of the subject ever had, removed lesions included.

    The trail remembers codes of removed rows. The caller holds the lock of the subject's row.
    """
    given = ItemChange.objects.filter(chain=subject_id, entity=table, field="code").values_list("new", flat=True)
    return following(prefix, (text for text in given.distinct() if text))


def following(prefix: str, given: Iterable[str]) -> str:
    """Return the code after the highest of those given.

    >>> following("T", ["T01", "T03"]), following("NEW", []), following("T", ["T99"])
    ('T04', 'NEW01', 'T100')
    """
    numbers = (int(match[1]) for text in given if (match := re.fullmatch(rf"{prefix}(\d+)", text)))
    return f"{prefix}{max(numbers, default=0) + 1:02d}"


def normalise_code(text: str) -> str:
    """Return the code of a target lesion as it is kept; a text that is none stays as typed.

    >>> [normalise_code(typed) for typed in ("t2", "T02", "T 12", "liver")]
    ['T02', 'T02', 'T12', 'liver']
    """
    match = re.fullmatch(rf"{TARGET}0*([0-9]{{1,3}})", text.replace(" ", "").upper())
    return f"{TARGET}{int(match[1]):02d}" if match else text
