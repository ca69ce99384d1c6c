"""Walk every chain of the trail and name the first row that is not what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

WALK = """
WITH walked AS (
    SELECT id, chain, position,
        row_number() OVER w AS expected,
        digest = audit_digest(COALESCE(lag(digest) OVER w, ''), chain, position, entity, record, root, field, old, new,
            changed_at, changed_by::text, changed_by_name, reason, source) AS intact
    FROM audit_itemchange WINDOW w AS (PARTITION BY chain ORDER BY position)
)
SELECT DISTINCT ON (chain) chain, id, position FROM walked
WHERE NOT intact OR position <> expected ORDER BY chain, position
"""

TAILS = """
SELECT h.chain, h.length, COALESCE(t.length, 0) FROM audit_chainhead h
LEFT JOIN (SELECT chain, count(*) AS length, (array_agg(digest ORDER BY position DESC))[1] AS digest
           FROM audit_itemchange GROUP BY chain) t USING (chain)
WHERE COALESCE(t.length, 0) <> h.length OR COALESCE(t.digest, '') <> h.digest
"""


@dataclass(frozen=True)
class Break:
    """The first place where a chain no longer fits."""

    chain: UUID
    position: int
    sentence: str


def breaks() -> Iterator[Break]:
    """Yield the first break of every damaged chain: an altered, missing or cut-off row."""
    with connection.cursor() as cursor:
        cursor.execute(WALK)
        for chain, row, position in cursor.fetchall():
            yield Break(
                chain, position, f"row {row} (position {position}) of chain {chain} was altered or follows a gap"
            )
        cursor.execute(TAILS)
        for chain, expected, found in cursor.fetchall():
            yield Break(chain, found, f"chain {chain} ends at {found} rows; its head remembers {expected}")
