"""`manage.py verify_trail`: exit 1 and name the first broken row of each damaged chain."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trial_edc.audit.chain import breaks
from trial_edc.audit.models import ItemChange


class Command(BaseCommand):
    help = "Walk the audit trail's hash chains and report the first broken row of each."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(breaks())
        for broken in found:
            self.stderr.write(broken.sentence)
        if found:
            raise CommandError(f"{len(found)} break(s) in the audit trail", returncode=1)
        self.stdout.write(f"The audit trail is intact: {ItemChange.objects.count()} rows.")
