"""`manage.py evaluate RULE < request.json`: put cases to a rule without touching the database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from io import TextIOWrapper
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from trial_edc.bench import engine


class Command(BaseCommand):
    """Read a JSON request from standard input, answer on standard output."""

    help = "Put cases to a rule: evaluate RULE < request.json; evaluate --list; evaluate RULE --schema"
    requires_system_checks = []  # the bench must work without database, cache or assets

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("rule", nargs="?", help="name of the rule")
        parser.add_argument("--list", action="store_true", dest="list_rules", help="list the rules")
        parser.add_argument("--schema", action="store_true", help="print the rule's JSON Schemas")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer; exit status 1 when some case is wrong, 2 when the request cannot be answered at all."""
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # the sentences hold signs that other encodings lack
        try:
            status = self._answer(options)
        except engine.Refused as error:
            raise CommandError(str(error), returncode=engine.REFUSED) from None
        if status:
            sys.exit(status)

    def _answer(self, options: dict[str, Any]) -> int:
        if options["list_rules"]:
            self.stdout.write(engine.listing())
            return engine.OK
        if not options["rule"]:
            raise engine.Refused("name a rule, or use --list")
        if options["schema"]:
            self.stdout.write(engine.as_json(engine.schema(options["rule"])))
            return engine.OK
        content, status = engine.answer(options["rule"], self._request())
        self.stdout.write(engine.as_json(content))
        return status

    def _request(self) -> str:
        try:
            return sys.stdin.buffer.read().decode("utf-8")
        except UnicodeDecodeError:
            raise engine.Refused("malformed JSON: the request is not UTF-8 text") from None
