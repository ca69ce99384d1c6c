"""A computed value beside a form: what it is, which rule and version, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PanelRow:
    """One input of the rule as the person sees it; `driving` marks what decided the result.

    `link` leads from the value to the form that holds it.
    """

    label: Any
    value: Any
    detail: Any = ""
    driving: bool = False
    link: str = ""


@dataclass(frozen=True)
class Panel:
    """The answer of a rule to the values as typed; `grade` None means it cannot be said yet."""

    title: Any
    grade: int | str | None
    rule: Any
    version: str
    because: str
    rows: Sequence[PanelRow] = ()
    scale: Sequence[int] = ()
    stale: bool = False
    #: Says what was computed from the saved forms, not from what is typed here.
    of_saved: bool = False
    link: str = ""
    link_text: Any = ""
