"""`manage.py write_docs`: write the generated pages of `docs/` again; needs no database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reports.docs.pages import FOLDER, WRITERS, write


class Command(BaseCommand):
    """Write every page whose content changed, and name it."""

    help = "Write docs/generated from the code: forms, checks, schedule, roles, parameters, states, rules, statements."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the pages."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name in WRITERS:
            file, text = FOLDER / name, write(name)
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                file.write_text(text, encoding="utf-8")
                self.stdout.write(f"Wrote {file.relative_to(FOLDER.parents[1])}.")
