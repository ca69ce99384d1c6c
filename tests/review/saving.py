"""Save a form with its rows again, as the page would send them."""

from __future__ import annotations

from typing import Any

from tests.casebook.entering import enter
from trial_edc.accounts.models import User
from trial_edc.crf import registry

REASON = {"reason_code": "OTHER", "reason_text": "entered twice"}


def save_event(by: User, event: Any, event_texts: dict[str, Any], rows: list[dict[str, str]], **more: str) -> Any:
    """Post an adverse event whose saved rows are sent back in their order, each with the texts given for it."""
    table: Any = registry.rows_of("AEG")
    saved = list(table._default_manager.filter(record=event).order_by("position"))
    texts: dict[str, str] = {"AEG-TOTAL_FORMS": str(len(rows)), "AEG-INITIAL_FORMS": str(len(saved))}
    for number, row in enumerate(rows):
        texts |= {f"AEG-{number}-{name}": value for name, value in row.items()}
        if number < len(saved):
            texts[f"AEG-{number}-id"] = str(saved[number].pk)
    return enter(by, event.subject, event.visit, "AE", sequence=event.sequence, **event_texts, **texts, **more)
