"""My work: what waits for a person, by role. A number and the list it leads to are one function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trial_edc.accounts.access import memberships, sites_of, today
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.selectors import queries
from trial_edc.casebook.selectors.query_filter import MINE, QueryFilter
from trial_edc.casebook.standings.lists import Rows, Standings
from trial_edc.crf.registry import subject_model
from trial_edc.protocol.status import Status
from trial_edc.review.models import Query

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """One thing to do: about whom, where it stands, what it is, and by when."""

    subject: str
    what: Any
    url: str
    where: Any = ""
    due: date | None = None
    status: Status | None = None


class Desk:
    """One person's view of the study today; everything is read at most once."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.day = today()
        self._read: dict[Any, Any] = {}

    def once(self, read: Callable[[Desk], T]) -> T:
        """Return what `read` finds for this desk; a number, its list and other lists that ask share one reading."""
        if read not in self._read:
            self._read[read] = read(self)
        found: T = self._read[read]
        return found

    @cached_property
    def sites(self) -> list[Any]:
        return list(sites_of(self.user, Permission.VIEW_SUBJECTS))

    @cached_property
    def subjects(self) -> list[Any]:
        """Return the person's subjects, for lists that look at the subjects themselves."""
        found = subject_model().objects.filter(site__in=self.sites).select_related("site")
        return list(found.order_by("identifier"))

    @cached_property
    def standings(self) -> Standings:
        """How the casebooks of the person's sites stand; settled once for the whole page."""
        return Standings(subject_model().objects.filter(site__in=self.sites), self.day)

    @cached_property
    def query_counts(self) -> dict[str, int]:
        return queries.by_state(self.standings.subjects)

    @cached_property
    def subject_keys(self) -> QuerySet[Any]:
        """Return the keys of the person's subjects as a part of other statements: as short for many as for few."""
        keys: QuerySet[Any] = subject_model().objects.filter(site__in=self.sites).order_by().values("pk")
        return keys

    def sees(self, pk: Any) -> bool:
        """Test whether this is one of the person's subjects."""
        return pk in self._identifiers

    def identifier(self, pk: Any) -> str:
        """Return the identifier of one of the subjects."""
        return self._identifiers[pk]

    @cached_property
    def _identifiers(self) -> dict[Any, str]:
        subjects = subject_model().objects.filter(site__in=self.sites).order_by("identifier")
        return dict(subjects.values_list("pk", "identifier"))


@dataclass(frozen=True)
class WorkList:
    """A kind of work: `lines` finds it, all at once or as rows read part by part; its number is how many there are.

    A list with a page of its own gives `url` and `count`, which must be the total that page shows. A `quiet` list is
    shown only while something waits.
    """

    name: str
    title: Any
    icon: str
    colour: str
    empty: Any = ""
    lines: Callable[[Desk], Iterable[Line]] | None = None
    url: str = ""
    count: Callable[[Desk], int] | None = None
    permission: Permission = Permission.VIEW_SUBJECTS
    quiet: bool = False

    def number(self, desk: Desk) -> int:
        """Return how much of this work waits."""
        if self.count is not None:
            return self.count(desk)
        return len(self.found(desk))

    def found(self, desk: Desk) -> Sequence[Line]:
        """Return the lines of the list; they are looked for once per desk."""
        return desk.once(self._found)

    def soonest(self, desk: Desk, most: int) -> Sequence[Line]:
        """Return lines among which are the `most` that are due first."""
        found = self.found(desk)
        return found.soonest(most) if isinstance(found, Rows) else found

    def _found(self, desk: Desk) -> Sequence[Line]:
        found = self.lines(desk) if self.lines is not None else ()
        return found if isinstance(found, Rows) else list(found)

    @property
    def address(self) -> str:
        return self.url or reverse("casebook:work", args=[self.name])


_lists: dict[str, WorkList] = {}

#: What each role sees first, most urgent first; a list that no application registered is left out.
BY_ROLE: dict[str, tuple[str, ...]] = {
    "coordinator": (
        "due", "overdue", "in-progress", "queries-mine", "samples-due", "sae-clocks", "reconciliation",
        "lab-without-event", "consent-again", "scans-to-confirm",
    ),
    "investigator": (
        "dlt-windows", "dlt-proposals", "to-sign", "endorsements", "new-grade-3", "crs-icans-now",
        "decisions-waiting", "unlock-requests", "scans-to-confirm",
    ),
    "sub-investigator": (
        "dlt-windows", "dlt-proposals", "to-sign", "endorsements", "new-grade-3", "crs-icans-now",
        "decisions-waiting", "unlock-requests", "scans-to-confirm",
    ),
    "monitor": (
        "to-verify", "changed-since-verified", "unverified-critical", "queries-answered", "sae-clocks",
        "reconciliation",
    ),
    "data-manager": (
        "queries-open", "queries-answered", "overdue", "in-progress", "unlock-requests", "to-freeze", "user-review",
    ),
    "src-member": ("decisions-waiting", "dlt-windows", "new-grade-3"),
    "statistician": ("decisions-waiting", "dlt-windows"),
    "cell-processing": ("product-milestones", "dlt-windows"),
    "inspector": ("unverified-critical", "queries-open", "overdue"),
    "administrator": ("user-review", "training-people"),
}  # fmt: skip
#: Everybody whose role works on data is told of their own training.
OWN_TRAINING = "training-mine"


def register(work: WorkList) -> None:
    """Offer a kind of work; registering it again replaces it."""
    _lists[work.name] = work


def find(name: str) -> WorkList | None:
    """Return the kind of work of that name, None when there is none."""
    return _lists.get(name)


def all_lists() -> tuple[WorkList, ...]:
    return tuple(_lists.values())


def lists_for(user: User) -> list[WorkList]:
    """Return the kinds of work of a person's roles, each once."""
    held = memberships(user)
    named = [name for member in held for name in BY_ROLE.get(member.role, ())]
    if any(member.definition.needs_training for member in held):
        named.append(OWN_TRAINING)
    names = dict.fromkeys(named)
    return [_lists[name] for name in names if name in _lists]


def next_actions(user: User, desk: Desk, *, most: int) -> list[tuple[WorkList, Line]]:
    """Return what to do next: of all lines of the person's lists the first due, the longest overdue first.

    Undated lines of one list about one visit stand together, and the lists take turns: a long one hides no short one.
    """
    found = [
        (work, line, number // FEW)
        for work in lists_for(user)
        for number, line in enumerate(_gathered(work.soonest(desk, most)))
    ]
    found.sort(key=lambda each: (each[1].due is None, each[1].due or each[2], each[1].subject))
    return [(work, line) for work, line, _turn in found[:most]]


#: So many undated lines about one visit still stand one by one, and so many of one list before the next has its turn.
FEW = 2


def _gathered(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield each line, or the first of the many undated ones about one visit, which says that there are more."""
    visits: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line.due is None and line.where:
            visits.setdefault((line.subject, str(line.where)), []).append(line)
        else:
            yield line
    for found in visits.values():
        if len(found) <= FEW:
            yield from found
        else:
            yield replace(found[0], what=_("%(what)s, and more") % {"what": found[0].what}, status=None)


#: What a part of the page shows, from the desk whose lists the page counts too.
PanelContext = Callable[[Desk], dict[str, Any]]
#: Parts that applications add to the page: (permission, template, context).
_panels: list[tuple[Permission, str, PanelContext]] = []


def register_panel(permission: Permission, template: str, context: PanelContext) -> None:
    """Add a part to the page of everybody who holds `permission`."""
    if not any(known == template for _permission, known, _context in _panels):
        _panels.append((permission, template, context))


def panels() -> list[tuple[Permission, str, PanelContext]]:
    return list(_panels)


def _queries(state: str, title: Any, icon: str, colour: str) -> WorkList:
    return WorkList(
        f"queries-{state}", title, icon, colour,
        url=f"/queries/?state={state}", count=lambda desk: desk.query_counts[state],
    )  # fmt: skip


register(_queries(Query.State.OPEN, _("Open queries"), "chat-left-text-fill", "q"))
register(_queries(Query.State.ANSWERED, _("Answered, to close"), "chat-left-text", "info"))
register(
    WorkList(
        "queries-mine", _("Queries for me"), "chat-left-text-fill", "q", url=f"/queries/?assigned={MINE}",
        count=lambda desk: QueryFilter(assigned=MINE).narrow(
            queries.of_subjects(desk.subject_keys), desk.user, timezone.now()
        ).count(),
    )
)  # fmt: skip
