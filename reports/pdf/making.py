"""Who makes a copy of a document, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reports.pdf import words
from reports.pdf.document import PageFrame
from trial_edc.protocol.study import STUDY


@dataclass(frozen=True)
class Making:
    """Who makes this copy of the report, when, with what, in which language, and which site it is about."""

    person: str
    generated_at: datetime
    software: str
    language: str
    site: str

    def frame(self, title: str, cutoff: datetime | str | None, draft: str = "") -> PageFrame:
        """Return what stands on every page of a document of data as they were at `cutoff`, a moment or its words."""
        return PageFrame(
            title=title,
            study=STUDY.title,
            protocol=STUDY.protocol_number,
            site=self.site,
            cutoff=cutoff if isinstance(cutoff, str) else words.moment(cutoff),
            generated=words.moment(self.generated_at),
            software=self.software,
            draft=draft,
            author=self.person,
            language=self.language,
            made_at=self.generated_at,
        )
