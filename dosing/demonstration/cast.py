"""The people of the demonstration study, with the names and password printed at the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from safety.range_services import load_training_ranges
from trial_edc.accounts.models import Site, Training, User
from trial_edc.accounts.roles import Task
from trial_edc.accounts.services import create_site, create_user, delegate, grant_role
from trial_edc.accounts.training import record_training
from trial_edc.audit.context import acting, system_user

PASSWORD = "training only 2026"
SOURCE = "command"


@dataclass(frozen=True)
class Person:
    """One account: the name to sign in with, the printed name, the role, whether it holds at every site."""

    username: str
    full_name: str
    role: str
    everywhere: bool = False
    tasks: tuple[Task, ...] = ()


ALL_TASKS = tuple(Task)
PEOPLE = (
    Person("zhang.min", "Zhang Min", "coordinator"),
    Person("wang.fang", "Wang Fang", "coordinator"),
    Person("chen.wei", "Chen Wei", "investigator", tasks=ALL_TASKS),
    Person("liu.yang", "Liu Yang", "sub-investigator", tasks=ALL_TASKS),
    Person("peter.braun", "Peter Braun", "monitor", everywhere=True),
    Person("anna.novak", "Anna Novak", "src-member", everywhere=True),
    Person("li.na", "Li Na", "statistician", everywhere=True),
    Person("sun.jie", "Sun Jie", "data-manager", everywhere=True),
    Person("zhao.lei", "Zhao Lei", "cell-processing"),
    Person("he.ping", "He Ping", "inspector", everywhere=True),
    Person("admin", "Ada Admin", "administrator", everywhere=True),
)


class Cast:
    """The accounts by user name, and the one site."""

    def __init__(self, site: Site, users: dict[str, User]) -> None:
        self.site = site
        self.coordinator, self.second_coordinator = users["zhang.min"], users["wang.fang"]
        self.investigator, self.sub_investigator = users["chen.wei"], users["liu.yang"]
        self.monitor, self.committee = users["peter.braun"], users["anna.novak"]


def create_cast(today: date) -> Cast:
    """Create the site, its people, normal ranges and delegation log, as an administrator and the investigator would."""
    start = today - timedelta(days=400)
    with acting(system_user(), "Demonstration study", source=SOURCE):
        site = create_site(code="01", name="Shanghai")
        users = {p.username: create_user(username=p.username, full_name=p.full_name, password=PASSWORD) for p in PEOPLE}
        for person in PEOPLE:
            where = None if person.everywhere else site
            grant_role(user=users[person.username], role=person.role, site=where, start_date=start)
        _record_trainings(users, today)
        load_training_ranges(site=site, valid_from=start)
    with acting(users["chen.wei"], "Demonstration study", source=SOURCE):
        for person in PEOPLE:
            for task in person.tasks:
                delegate(by=users["chen.wei"], user=users[person.username], site=site, task=task, start_date=start)
    return Cast(site, users)


def _record_trainings(users: dict[str, User], today: date) -> None:
    """Let everybody have been trained before their first day; one certificate runs out soon, so that it is listed."""
    done = today - timedelta(days=410)
    soon = {("wang.fang", Training.Topic.GCP)}
    for username, user in users.items():
        for topic in Training.Topic:
            last = today + timedelta(days=20) if (username, topic) in soon else done + timedelta(days=3 * 365)
            record_training(
                by=users["admin"], people=[user], topics=[topic], completed_date=done, expiry_date=last, today=today
            )
