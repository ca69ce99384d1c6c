"""Training: recorded before anybody enters data, renewed before it runs out. Every record is in the trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _

from trial_edc.accounts.access import in_force
from trial_edc.accounts.models import SYSTEM_USER_ID, Membership, Training, User
from trial_edc.accounts.roles import ROLES
from trial_edc.errors import DomainError
from trial_edc.protocol.parameters import integer

#: A training that ends within this time is listed for the person and the administrators.
SOON = timedelta(days=integer("records.training_warning_days"))
#: Roles that work on data of the study.
TRAINED_ROLES = tuple(role.code for role in ROLES.values() if role.needs_training)


class State(StrEnum):
    """How somebody stands in one topic."""

    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"
    MISSING = "missing"


@dataclass(frozen=True)
class Standing:
    """How a person stands in one topic, by the training that lasts longest; `record` is None when there is none."""

    user_id: UUID
    topic: Training.Topic
    state: State
    record: Training | None

    @property
    def asks(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.state is not State.VALID


def record_training(
    *,
    by: User,
    people: Iterable[User],
    topics: Iterable[str],
    completed_date: date,
    expiry_date: date | None,
    today: date,
) -> list[Training]:
    """Record that people completed trainings; runs inside `acting`. A training to come, or over at once, is refused."""
    if completed_date > today:
        raise DomainError(_("The training is still to come. Record it once it is completed."), field="completed_date")
    if expiry_date is not None and expiry_date < completed_date:
        raise DomainError(_("The last day is before the first."), field="expiry_date")
    wanted = [Training.Topic(topic) for topic in topics]
    return [
        Training.objects.create(
            user=user, topic=topic, completed_date=completed_date, expiry_date=expiry_date, recorded_by=by
        )
        for user in people
        for topic in wanted
    ]


def set_expiry(*, training: Training, expiry_date: date) -> Training:
    """Set the last day of a training, as when a new version of the protocol takes its place. Runs inside `acting`."""
    training.expiry_date = expiry_date
    training.save(update_fields=["expiry_date"])
    return training


def people_who_need_it(day: date) -> list[User]:
    """Return the people with a role, on that day, that works on data of the study, by name."""
    held = in_force(Membership.objects.filter(role__in=TRAINED_ROLES, start_date__lte=day), day, until="end_date")
    people = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=SYSTEM_USER_ID)
    return list(people.order_by("full_name"))


def standings(user_ids: Iterable[UUID], day: date) -> dict[UUID, list[Standing]]:
    """Return how each person stands in every topic on a day; one query."""
    wanted = list(user_ids)
    longest: dict[tuple[UUID, str], Training] = {}
    for training in Training.objects.filter(user__in=wanted, completed_date__lte=day):
        key = training.user_id, training.topic
        if key not in longest or _lasts(training) > _lasts(longest[key]):
            longest[key] = training
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for user_id in wanted:
        for topic in Training.Topic:
            record = longest.get((user_id, topic.value))
            found[user_id].append(Standing(user_id, topic, _state(record, day), record))
    return found


def _lasts(training: Training) -> date:
    return training.expiry_date or date.max


def _state(record: Training | None, day: date) -> State:
    if record is None:
        return State.MISSING
    last = _lasts(record)
    if last < day:
        return State.EXPIRED
    return State.SOON if last - day <= SOON else State.VALID
