"""Keep what a rule computed: once, with its version, its inputs and its reason."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

#: Only a different answer is written: neither the row nor the trail grows when a rule says the same again.
STORE = """
INSERT INTO review_ruleresult AS present (id, subject_id, root, rule, rule_version, inputs, input_hash, output, because,
    valid_until, computed_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (root, rule) DO UPDATE SET rule_version = excluded.rule_version, inputs = excluded.inputs,
    input_hash = excluded.input_hash, output = excluded.output, because = excluded.because,
    valid_until = excluded.valid_until, computed_at = excluded.computed_at
WHERE (present.input_hash, present.output, present.because, present.valid_until)
    IS DISTINCT FROM (excluded.input_hash, excluded.output, excluded.because, excluded.valid_until)
"""


def store_result(
    *,
    root: UUID,
    subject_id: UUID | None,
    rule: str,
    version: str,
    inputs: dict[str, Any],
    output: dict[str, Any],
    because: str,
    valid_until: datetime | None = None,
) -> None:
    """Store a rule's answer about `root`; runs inside `acting`. The same inputs and answer again write nothing."""
    digest = input_hash(rule, version, inputs)
    subject = str(subject_id) if subject_id else None
    with connection.cursor() as cursor:
        cursor.execute(
            STORE,
            [str(uuid4()), subject, str(root), rule, version, canonical(inputs), digest, canonical(output), because,
             valid_until, timezone.now()],
        )  # fmt: skip


def input_hash(rule: str, version: str, inputs: dict[str, Any]) -> str:
    """Return the SHA-256 of a rule's name, version and inputs in canonical form."""
    return hashlib.sha256(f"{rule}\n{version}\n{canonical(inputs)}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return a JSON text that is the same for the same content, decimals and dates as text."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
