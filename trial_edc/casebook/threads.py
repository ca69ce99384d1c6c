"""One conversation about an item: what was said, what this person may do next, who has to act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial_edc.accounts.access import may
from trial_edc.accounts.models import User
from trial_edc.accounts.roles import Permission
from trial_edc.casebook.selectors.queries import assigned_words
from trial_edc.errors import DomainError
from trial_edc.review.models import Query
from trial_edc.review.selectors import ACTING_ROLES, people_who_act
from trial_edc.review.services import TRANSITIONS, assign_query, move_query
from trial_edc.review.services.queries import may_act


@dataclass(frozen=True)
class Step:
    """What a person may do in a conversation: its name in the post, the state it leads to, and its button."""

    name: str
    to: str
    label: Any
    icon: str
    css: str = "btn-quiet"


STEPS = (
    Step("answer", Query.State.ANSWERED, gettext_lazy("Send answer"), "reply", "btn-primary"),
    Step("close", Query.State.CLOSED, gettext_lazy("Close query"), "check-lg", "btn-primary"),
    Step("reopen", Query.State.OPEN, gettext_lazy("Ask again"), "chat-left-text"),
    Step("cancel", Query.State.CANCELLED, gettext_lazy("Cancel query"), "x-lg"),
)
ASK = Step("open", Query.State.OPEN, gettext_lazy("Send query"), "chat-left-text-fill", "btn-primary")


def steps(user: User, query: Query) -> list[Step]:
    """Return what a person may do with a query now."""
    return [step for step in STEPS if _may_take(user, query, step)]


def _may_take(user: User, query: Query, step: Step) -> bool:
    permission = TRANSITIONS.get((query.state, step.to))
    if permission is None or not may(user, permission, query.subject.site):
        return False
    return step.to != Query.State.CANCELLED or query.opened_by_id == user.pk


def take(user: User, query: Query | None, name: str, text: str) -> None:
    """Take a step that a person chose; DomainError where it no longer fits."""
    step = next((step for step in STEPS if step.name == name), None)
    if query is None or step is None:
        raise DomainError(_("This query has changed. Reload the page."))
    move_query(by=user, query=query, to=step.to, text=text)


def thread(
    user: User, query: Query | None, *, label: Any, name: str, url: str, live: bool, new_on: Any = None,
    error: DomainError | None = None, text: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return what a conversation shows; `live` posts itself as a fragment.

    `new_on` is the site at which a new query may be asked once this one is resolved, None where it may not.
    """
    resolved = query is None or not query.is_unresolved
    found = [] if query is None else steps(user, query)
    if new_on is not None and resolved and may(user, Permission.RAISE_QUERY, new_on):
        found = [ASK, *found]
    return {
        "label": label, "name": name, "url": url, "live": live, "error": error, "text": text if error else "",
        "query": _shown(query) if query else None,
        "steps": found,
        "answers": any(step.to == Query.State.ANSWERED for step in found),
    }  # fmt: skip


def _shown(query: Query) -> dict[str, Any]:
    return {
        "state": query.state,
        "state_words": query.get_state_display(),
        "number": f"{query.number:04d}",
        "age": timesince(query.opened_at, timezone.now(), depth=1),
        "value": query.value_at_opening,
        "assigned": assigned_words(query),
        "messages": [
            {
                "by": message.said_by.full_name,
                "role": message.get_new_state_display(),
                "at": message.said_at,
                "text": message.text,
            }
            for message in query.messages.select_related("said_by")
        ],
    }


def assignees(user: User, query: Query) -> dict[str, Any] | None:
    """Return to whom this person may hand the query over, None when to nobody."""
    site = query.subject.site
    if not query.is_unresolved or not may_act(user, site):
        return None
    chosen = f"person:{query.assigned_to_id}" if query.assigned_to_id else f"role:{query.assigned_role}"
    return {
        "roles": [(f"role:{role.code}", _(role.title)) for role in ACTING_ROLES.values()],
        "people": [(f"person:{person.pk}", person.full_name) for person in people_who_act(site)],
        "chosen": chosen,
    }


def hand_over(user: User, query: Query, assignee: str) -> None:
    """Hand a query to "role:…" or "person:…"."""
    kind, _separator, name = assignee.partition(":")
    person = _person(name) if kind == "person" else None
    assign_query(by=user, query=query, role=name if kind == "role" else "", person=person)


def _person(text: str) -> User | None:
    try:
        return User.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None
