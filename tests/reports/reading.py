"""The document as a reader's software reads it, in sections, without what stands on every page."""

from __future__ import annotations

import re
from io import BytesIO

from pypdf import PdfReader

TABLE_HEAD = re.compile(r"(?:DL\d 1 × 10|DL\d).{0,200}?Event (?:Subjects Events ?)+")


def text_of(content: bytes) -> str:
    """Return all pages as one text, each without its head and foot."""
    pages = []
    for page in PdfReader(BytesIO(content)).pages:
        text = " ".join(page.extract_text().split())
        text = re.sub(r"^.*?(?:Site \d\d \S+|All sites)(?: DRAFT – .*? open quer(?:y|ies))? ", "", text, count=1)
        pages.append(text.rpartition("Generated ")[0].strip())
    return " ".join(pages)


def section(whole: str, first: str, following: str) -> str:
    """Return what stands between two headings; both also stand in the contents of the first page."""
    begin = whole.rindex(first) + len(first)
    return whole[begin : whole.index(following, begin)].strip()


def event_rows(text: str) -> str:
    """Return the lines of an event table without the heads that each page repeats."""
    found = TABLE_HEAD.split(text, maxsplit=1)[-1]
    return " ".join(TABLE_HEAD.sub(" ", found).split())
