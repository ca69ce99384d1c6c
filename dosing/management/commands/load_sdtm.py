"""`manage.py load_sdtm DIR`: take a study's SDTM files (CSV) into an empty training database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dosing.sdtm.loading import load_study
from dosing.sdtm.reading import UnreadableFile, read_source
from dosing.sdtm.report import LoadReport
from trial_edc.errors import DomainError

#: Exit status: something was refused; nothing could be started.
REFUSED, NOT_STARTED = 1, 2
EVERY = 25
PLACES_ON_SCREEN = 5


class Command(BaseCommand):
    """Load, print the report; exit status 1 when something was refused, 2 when nothing was started."""

    help = "Load dm, ex, ae and ds (.csv or .csv.gz) of one study into an empty training database; safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="folder with the files")
        parser.add_argument(
            "--as", dest="username", metavar="USERNAME",
            help="who enters the data: a delegated physician at every site of the study "
            "(without it: the account “importer”, created for the purpose)",
        )  # fmt: skip
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the report to a file as well, with every place"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read everything, then load it."""
        try:
            self._try_report(options["report"])
            source = read_source(options["folder"])
            report = load_study(
                source, username=options["username"], progress=self._progress if sys.stderr.isatty() else None
            )
        except (UnreadableFile, DomainError) as problem:
            raise CommandError(str(problem), returncode=NOT_STARTED) from None
        self._publish(report, options["report"])
        if not report.all_taken:
            sys.exit(REFUSED)

    def _try_report(self, path: Path | None) -> None:
        """Find out before the load, not after it, that the report cannot be written."""
        if path is None:
            return
        try:
            path.open("a").close()
        except OSError as problem:
            raise CommandError(f"The report cannot be written: {problem}", returncode=NOT_STARTED) from None

    def _publish(self, report: LoadReport, path: Path | None) -> None:
        self.stdout.write(report.as_text(places=PLACES_ON_SCREEN))
        if path is not None:
            path.write_text(report.as_text(), encoding="utf-8")

    def _progress(self, number: int, of: int) -> None:
        if number % EVERY == 0 or number == of:
            self.stderr.write(f"{number} / {of} subjects")
