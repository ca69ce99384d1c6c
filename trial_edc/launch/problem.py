"""The one way a start fails: a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path


class Problem(Exception):
    """A start cannot go on; the message is one line for the person at the terminal."""


def last_line(log: Path) -> str:
    """The last line with text of a log file, shortened to 200 characters, or "no output"."""
    try:
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return lines[-1][:200] if lines else "no output"
