"""State machines of the study as tables of allowed transitions; whatever is not in a table is refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass


class TransitionRefused(ValueError):
    """A step the study does not allow; the text can be shown to the person."""


@dataclass(frozen=True)
class Machine:
    """States and allowed transitions. `transitions` lists for each state the states that may follow it."""

    name: str
    initial: str
    transitions: Mapping[str, tuple[str, ...]]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        return tuple(self.transitions)

    def is_final(self, state: str) -> bool:
        """Whether nothing follows a state."""
        return not self.transitions[state]

    def allowed(self, source: str, target: str) -> bool:
        """Whether one step leads from `source` to `target`; KeyError for an unknown state.

        >>> QUERY.allowed("OPEN", "ANSWERED"), QUERY.allowed("CLOSED", "OPEN")
        (True, False)
        """
        if target not in self.transitions:
            raise KeyError(f"{self.name} has no state {target}.")
        return target in self.transitions[source]

    def require(self, source: str, target: str) -> None:
        """Refuse a step that is not allowed."""
        if not self.allowed(source, target):
            raise TransitionRefused(f"{self.name}: {words(source)} cannot become {words(target)}.")

    def path(self, source: str, target: str) -> tuple[str, ...]:
        """The shortest way from one state to another without its start; empty when there is none or none is needed."""
        queue: deque[tuple[str, ...]] = deque([(source,)])
        seen = {source}
        while queue:
            way = queue.popleft()
            if way[-1] == target:
                return way[1:]
            for following in self.transitions[way[-1]]:
                if following not in seen:
                    seen.add(following)
                    queue.append((*way, following))
        return ()


def words(state: str) -> str:
    """A state as people read it.

    >>> words("PRODUCT_RELEASED")
    'product released'
    """
    return state.replace("_", " ").lower().replace("dlt", "DLT").replace("qc", "QC").replace("day 28", "Day 28")


_ENDED_EARLY = ("WITHDRAWN", "LOST", "DIED")

#: From pre-screening to the end. A failed manufacture leads to a second leukapheresis or out of the study.
SUBJECT = Machine(
    "Subject",
    "PRE_SCREENED",
    {
        "PRE_SCREENED": ("SCREENING", "SCREEN_FAILURE", *_ENDED_EARLY),
        "SCREENING": ("ELIGIBLE", "SCREEN_FAILURE", *_ENDED_EARLY),
        "SCREEN_FAILURE": (),
        "ELIGIBLE": ("APHERESED", *_ENDED_EARLY),
        "APHERESED": ("MANUFACTURING", *_ENDED_EARLY),
        "MANUFACTURING": ("PRODUCT_RELEASED", "MANUFACTURE_FAILURE", *_ENDED_EARLY),
        "MANUFACTURE_FAILURE": ("APHERESED", *_ENDED_EARLY),
        "PRODUCT_RELEASED": ("LYMPHODEPLETION", *_ENDED_EARLY),
        "LYMPHODEPLETION": ("INFUSED", *_ENDED_EARLY),
        "INFUSED": ("IN_DLT_WINDOW",),
        "IN_DLT_WINDOW": ("DLT_COMPLETE", *_ENDED_EARLY),
        "DLT_COMPLETE": ("FOLLOW_UP", *_ENDED_EARLY),
        "FOLLOW_UP": ("SURVIVAL", "COMPLETED", *_ENDED_EARLY),
        "SURVIVAL": ("COMPLETED", *_ENDED_EARLY),
        "COMPLETED": (),
        "WITHDRAWN": (),
        "LOST": (),
        "DIED": (),
    },
)

#: An edit takes a completed, verified or signed form back to completed. Verification and signature are optional
#: steps; unlocking leads through frozen.
FORM = Machine(
    "Form",
    "NOT_STARTED",
    {
        "NOT_STARTED": ("DRAFT",),
        "DRAFT": ("NOT_STARTED", "COMPLETED"),
        "COMPLETED": ("VERIFIED", "SIGNED", "FROZEN"),
        "VERIFIED": ("COMPLETED", "SIGNED", "FROZEN"),
        "SIGNED": ("COMPLETED", "FROZEN"),
        "FROZEN": ("COMPLETED", "LOCKED"),
        "LOCKED": ("FROZEN",),
    },
)

#: Only the opener cancels, with a reason.
QUERY = Machine(
    "Query",
    "OPEN",
    {
        "OPEN": ("ANSWERED", "CANCELLED"),
        "ANSWERED": ("CLOSED", "REOPENED", "CANCELLED"),
        "REOPENED": ("ANSWERED", "CANCELLED"),
        "CLOSED": (),
        "CANCELLED": (),
    },
)

PRODUCT = Machine(
    "Product",
    "COLLECTED",
    {
        "COLLECTED": ("SHIPPED_TO_MANUFACTURER",),
        "SHIPPED_TO_MANUFACTURER": ("RECEIVED",),
        "RECEIVED": ("IN_PROCESS",),
        "IN_PROCESS": ("QC_PENDING",),
        "QC_PENDING": ("RELEASED", "REJECTED", "RELEASED_OUT_OF_SPECIFICATION"),
        "RELEASED": ("SHIPPED_TO_SITE",),
        "RELEASED_OUT_OF_SPECIFICATION": ("SHIPPED_TO_SITE",),
        "SHIPPED_TO_SITE": ("STORED",),
        "STORED": ("THAWED", "DESTROYED"),
        "THAWED": ("INFUSED", "DESTROYED"),
        "REJECTED": ("DESTROYED",),
        "INFUSED": (),
        "DESTROYED": (),
    },
)

#: A level can be closed at any time, because a restrictive decision is immediate. A replaced subject opens a slot
#: again; an expanded cohort recruits again.
COHORT = Machine(
    "Cohort",
    "PLANNED",
    {
        "PLANNED": ("OPEN",),
        "OPEN": ("FULL", "LEVEL_CLOSED"),
        "FULL": ("OPEN", "DATA_READY", "LEVEL_CLOSED"),
        "DATA_READY": ("FULL", "DECISION_SIGNED", "LEVEL_CLOSED"),
        "DECISION_SIGNED": ("DATA_READY", "CLOSED", "EXPANDED", "LEVEL_CLOSED"),
        "EXPANDED": ("OPEN", "LEVEL_CLOSED"),
        "CLOSED": (),
        "LEVEL_CLOSED": (),
    },
)

#: A signed decision is never edited: a change supersedes it and a new revision begins as a draft.
DECISION = Machine(
    "Decision",
    "DRAFT",
    {
        "DRAFT": ("READY",),
        "READY": ("DRAFT", "SIGNED_ONCE"),
        "SIGNED_ONCE": ("SIGNED_TWICE", "SUPERSEDED"),
        "SIGNED_TWICE": ("RELEASED", "SUPERSEDED"),
        "RELEASED": ("SUPERSEDED",),
        "SUPERSEDED": (),
    },
)

MACHINES: tuple[Machine, ...] = (SUBJECT, FORM, QUERY, PRODUCT, COHORT, DECISION)
