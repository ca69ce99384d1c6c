"""`manage.py evaluate`: exit statuses, streams, and no database."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[2]


class Standard(io.TextIOWrapper):
    """Standard input that holds some bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content), encoding="utf-8")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: Any, content: bytes = b"", **options: Any) -> str:
    """What the command prints."""
    monkeypatch.setattr("sys.stdin", Standard(content))
    out = io.StringIO()
    call_command("evaluate", *arguments, stdout=out, **options)
    return out.getvalue()


def test_good_cases_exit_with_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps({"cases": [{"id": "A1", "input": {"max_temp_c": "38.0"}}]}).encode()
    answered = json.loads(run(monkeypatch, "crs-grade", content=content))
    assert answered["rule"] == "crs-grade"
    assert answered["results"][0]["output"]["grade"] == 1


def test_a_wrong_case_exits_with_one_after_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps({"cases": [{"id": "A1", "input": {}}]}).encode()
    with pytest.raises(SystemExit) as stopped:
        run(monkeypatch, "crs-grade", content=content)
    assert stopped.value.code == 1


@pytest.mark.parametrize(
    ("arguments", "content"), [(("nothing",), b"{}"), (("dlt",), b"{"), (("dlt",), b"\xff"), ((), b"")]
)
def test_what_cannot_be_answered_exits_with_two(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], content: bytes
) -> None:
    with pytest.raises(CommandError) as refused:
        run(monkeypatch, *arguments, content=content)
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_a_bare_checkout_answers() -> None:
    """Nobody has to set a key, a database or an environment to put cases to a rule."""
    request = json.dumps({"cases": [{"id": "A1", "input": {"max_temp_c": "38.0"}}]}).encode()
    bare = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", "evaluate", "crs-grade"]
    done = subprocess.run(command, input=request, capture_output=True, cwd=ROOT, env=bare, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["results"][0]["output"]["grade"] == 1


def test_listing_and_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "dose-escalation-trial\t" in run(monkeypatch, list_rules=True)
    assert "grade_history" in run(monkeypatch, "dlt", schema=True)
