"""`manage.py create_site CODE "Name"`: a site of the trial; its code starts every subject identifier."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial_edc.accounts.models import Site
from trial_edc.accounts.services import create_site
from trial_edc.audit.context import acting, system_user


class Command(BaseCommand):
    help = "Add a site; refused when the code is taken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="up to three characters, such as 01")
        parser.add_argument("name")
        parser.add_argument("--time-zone", default="Asia/Shanghai")

    def handle(self, *args: Any, **options: Any) -> None:
        code = options["code"].strip()
        if not code or len(code) > 3 or not code.isalnum():
            raise CommandError("A site code is one to three letters or digits.")
        if Site.objects.filter(code=code).exists():
            raise CommandError(f"Site {code} exists already.")
        with acting(system_user(), "site opened", source="command"):
            site = create_site(code=code, name=options["name"].strip(), time_zone=options["time_zone"])
        self.stdout.write(f"Created site {site}.")
