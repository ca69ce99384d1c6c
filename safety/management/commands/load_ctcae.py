"""`manage.py load_ctcae FILE`: the wording of CTCAE v5.0 from the spreadsheet that NCI publishes."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safety.dictionaries.ctcae_file import read_ctcae
from safety.dictionaries.loading import load_ctcae
from trial_edc.audit.context import system_user
from trial_edc.errors import DomainError

#: Exit status: the file was refused and nothing was changed.
REFUSED = 2


class Command(BaseCommand):
    """Load all descriptions or none."""

    help = "Store the grade descriptions and definitions of CTCAE v5.0 from NCI's CTCAE_v5.0.xlsx; safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the argument."""
        parser.add_argument("file", type=Path, metavar="FILE", help="CTCAE_v5.0.xlsx as NCI publishes it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything, then store it."""
        try:
            terms = read_ctcae(options["file"])
            number, written = load_ctcae(by=system_user(), terms=terms)
        except DomainError as problem:
            raise CommandError(str(problem), returncode=REFUSED) from None
        words = "loaded" if written else "already loaded, nothing changed"
        self.stdout.write(f"CTCAE v5.0: {len(terms)} terms, {number} grade descriptions, {words}.")
