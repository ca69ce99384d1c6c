"""Every dependency has its reason, every lock holds what was asked for, with hashes, and no lock names an index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("base", "runtime", "production", "dev")
LOCKS = {
    "runtime": ROOT / "requirements.txt",
    "production": ROOT / "requirements" / "production.txt",
    "dev": ROOT / "requirements" / "dev.txt",
}


def _lines(source: str) -> list[str]:
    text = (ROOT / "requirements" / f"{source}.in").read_text()
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _asked_for(source: str) -> set[str]:
    """Names that a source asks for, those of the sources it includes among them."""
    names: set[str] = set()
    for line in _lines(source):
        if line.startswith("-r "):
            names |= _asked_for(line.removeprefix("-r ").split(".")[0])
        else:
            names.add(_name(line))
    return names


def _name(line: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", line)
    assert found, line
    return re.sub(r"[._-]+", "-", found.group()).lower()


def _locked(lock: Path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock.read_text(), re.MULTILINE)
    return {_name(name): version for name, version in found}


@pytest.mark.parametrize("source", SOURCES)
def test_every_dependency_has_a_reason(source: str) -> None:
    for line in _lines(source):
        if not line.startswith("-r "):
            assert re.search(r"\s# \w.{5,}", line), line


@pytest.mark.parametrize("source", LOCKS)
def test_every_dependency_is_locked(source: str) -> None:
    assert _asked_for(source) <= _locked(LOCKS[source]).keys()


@pytest.mark.req("R31")
@pytest.mark.parametrize("source", LOCKS)
def test_every_locked_package_is_pinned_by_hash(source: str) -> None:
    entries = re.split(r"^(?=\S)", LOCKS[source].read_text(), flags=re.MULTILINE)
    packages = [entry for entry in entries if entry and not entry.startswith("#")]
    assert packages
    for entry in packages:
        assert "==" in entry.splitlines()[0] and "--hash=sha256:" in entry, entry.splitlines()[0]


def test_development_and_production_run_the_same_versions() -> None:
    runtime, production, development = (_locked(LOCKS[source]) for source in ("runtime", "production", "dev"))
    assert set(runtime) - set(production) == {"psycopg2-binary"}
    assert set(production) - set(runtime) == {"psycopg2"}
    assert runtime.items() <= development.items()
    assert {name: production[name] for name in runtime if name in production}.items() <= runtime.items()


def test_no_lock_names_an_index() -> None:
    for lock in LOCKS.values():
        assert "://" not in lock.read_text()
