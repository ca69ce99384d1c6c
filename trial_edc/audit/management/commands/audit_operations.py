"""`manage.py audit_operations`: print the migration operations for tables that have no trail yet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from trial_edc.audit.coverage import covered
from trial_edc.audit.system_checks import installed


class Command(BaseCommand):
    help = "Print `audit_table(…)` operations for tables whose trigger is missing or outdated."

    def handle(self, *args: Any, **options: Any) -> None:
        present = installed()
        for coverage in covered():
            if present.get(coverage.table) != coverage.arguments:
                entity, subject, root, ignored = coverage.arguments
                named = f'subject="{subject}", root="{root}", ignored="{ignored}"'
                self.stdout.write(f'audit_table("{coverage.table}", "{entity}", {named}),')
