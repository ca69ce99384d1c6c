"""`manage.py load_meddra DIR`: term codes from the files of a MedDRA release, for those who hold a licence."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safety.dictionaries.loading import load_meddra
from safety.dictionaries.meddra_files import LONGEST_RELEASE, read_meddra, release_of
from trial_edc.audit.context import system_user
from trial_edc.errors import DomainError

#: Exit status: the files were refused and nothing was changed.
REFUSED = 2


class Command(BaseCommand):
    """Load all terms of one release or none."""

    help = "Store the codes of a MedDRA release from llt.asc and mdhier.asc; needs a licence; safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="the release's folder, or its MedAscii folder")
        parser.add_argument(
            "--release", default="", help="such as 27.1; without it, what meddra_release.asc says if it is there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything, then store it."""
        folder, release = options["folder"], options["release"].strip()
        if len(release) > LONGEST_RELEASE:
            raise CommandError(f"A release has at most {LONGEST_RELEASE} characters, such as 27.1.", returncode=REFUSED)
        try:
            terms = read_meddra(folder)
            release = release or release_of(folder)
            number, written = load_meddra(by=system_user(), release=release, terms=terms)
        except DomainError as problem:
            raise CommandError(str(problem), returncode=REFUSED) from None
        words = "loaded" if written else "already loaded, nothing changed"
        self.stdout.write(f"MedDRA {release or 'of an unnamed release'}: {number} lowest level terms, {words}.")
