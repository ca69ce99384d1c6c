"""Whether the computed response of an assessment may be seen: the investigator judges first, unswayed by it."""

from __future__ import annotations

from typing import Any

from efficacy.filed import others
from efficacy.selectors.history import Judgement, judgement_of
from trial_edc.protocol.parameters import boolean


def is_open(judgement: Judgement | None) -> bool:
    """Test whether the computed responses beside this judgement may be shown."""
    return judgement is not None or not boolean("response.reveal_after_judgement")


def is_revealed(record: Any) -> bool:
    """Test the same for the visit of a form: what counts is the judgement that is saved, not one that is typed."""
    saved = others(record, "RESP").at(record.visit)
    return is_open(None if saved is None else judgement_of(saved))
