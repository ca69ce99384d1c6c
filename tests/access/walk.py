"""Call every address as every person, and note what came of it; nothing of it stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.test import Client

from tests.access.scene import ROLES, Call, Scene, url_names
from trial_edc.accounts.models import User
from trial_edc.audit.models import ItemChange

METHODS = ("GET", "POST")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Answer:
    """The status of one answer, where it leads to, and which tables of the trail were written."""

    status: int
    location: str
    written: frozenset[str]


Walk = dict[tuple[str, str, str], Answer]


def walk(scene: Scene) -> Walk:
    """Return the answers by name, method and role."""
    found: Walk = {}
    for role in ROLES:
        visitor = _Visitor(scene.person(role))
        for name in url_names():
            for method in METHODS:
                found[name, method, role] = visitor.visit(method, scene.url(name), scene.call(name))
    return found


class _Visitor:
    """One person's browser; every visit starts from the same session."""

    def __init__(self, person: object) -> None:
        self.client = Client(raise_request_exception=False)
        if isinstance(person, User):
            self.client.force_login(person, backend=BACKEND)
        cookie = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        self.session = cookie.value if cookie else None

    def visit(self, method: str, url: str, call: Call) -> Answer:
        self.client.cookies.clear()
        if self.session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        with transaction.atomic():
            last = ItemChange.objects.aggregate(last=Max("id"))["last"] or 0
            answer = self.client.get(url, call.query) if method == "GET" else self.client.post(url, call.body)
            written = ItemChange.objects.filter(id__gt=last).values_list("entity", flat=True)
            found = Answer(answer.status_code, answer.headers.get("Location", ""), frozenset(written))
            transaction.set_rollback(True)
        return found
