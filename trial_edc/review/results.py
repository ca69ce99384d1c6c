"""Keep what a rule computed: once, with its version, its inputs and its reason."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from trial_edc.review.models import RuleResult


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
) -> RuleResult:
    """Store a rule's answer about `root`; runs inside `acting`. The same inputs and answer again write nothing."""
    digest = input_hash(rule, version, inputs)
    plain_output = json.loads(canonical(output))
    present = RuleResult.objects.select_for_update().filter(root=root, rule=rule).first()
    if present is not None and _same(present, digest, plain_output, because, valid_until):
        return present
    result = present or RuleResult(root=root, rule=rule, subject_id=subject_id)
    result.rule_version, result.inputs, result.input_hash = version, json.loads(canonical(inputs)), digest
    result.output, result.because, result.valid_until = plain_output, because, valid_until
    result.computed_at = timezone.now()
    result.save()
    return result


def _same(present: RuleResult, digest: str, output: dict[str, Any], because: str, until: datetime | None) -> bool:
    answer = (present.input_hash, present.output, present.because, present.valid_until)
    return answer == (digest, output, because, until)


def input_hash(rule: str, version: str, inputs: dict[str, Any]) -> str:
    """Return the SHA-256 of a rule's name, version and inputs in canonical form."""
    return hashlib.sha256(f"{rule}\n{version}\n{canonical(inputs)}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return a JSON text that is the same for the same content, decimals and dates as text."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
