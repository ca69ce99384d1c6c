"""`manage.py create_administrator NAME "Printed Name"`: the first account of a new installation."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial_edc.accounts.access import today
from trial_edc.accounts.services import create_user, grant_role
from trial_edc.audit.context import acting, system_user
from trial_edc.errors import DomainError


class Command(BaseCommand):
    help = "Create an administrator; the password is asked for, or read from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("full_name")

    def handle(self, *args: Any, **options: Any) -> None:

        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            with acting(system_user(), "first administrator", source="command"):
                user = create_user(username=options["username"], full_name=options["full_name"], password=password)
                grant_role(user=user, role="administrator", site=None, start_date=today())
        except DomainError as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"Created {user.username}.")
