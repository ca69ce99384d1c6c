"""Who makes a copy of a document, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Making:
    """Who makes this copy of the report, when, with what, in which language, and which site it is about."""

    person: str
    generated_at: datetime
    software: str
    language: str
    site: str
