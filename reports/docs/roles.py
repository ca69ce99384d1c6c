"""docs/generated/roles.md: who may do what."""

from __future__ import annotations

from reports.docs.markdown import code, page, section, table
from trial_edc.accounts.roles import ROLES, TASK_CHOICES, Permission

INTRODUCTION = """\
A person holds a role at one site, or at all sites, from one date to another. A permission that no role in force grants
is refused. Medical judgement, the signature of case report forms and, for physicians of a site, the signature of dose
decisions also need the person's name in the delegation log on that day."""


def write() -> str:
    """Return the page."""
    return page("Roles and permissions", INTRODUCTION, _roles(), _matrix(), _delegation())


def _roles() -> str:
    rows = [(role.title, code(role.code), role.description) for role in ROLES.values()]
    return section("Roles", table(("Role", "Code", "What it is for"), rows))


def _matrix() -> str:
    rows = [(code(permission.value), *(role.may(permission) for role in ROLES.values())) for permission in Permission]
    return section("Permissions", table(("Permission", *(role.title for role in ROLES.values())), rows))


def _delegation() -> str:
    rows = [(code(task.value), title) for task, title in TASK_CHOICES]
    return section("Tasks of the delegation log", table(("Task", "Title"), rows))
