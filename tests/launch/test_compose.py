"""The deployment: who starts when, who knows which password, what is scaled, and that no setting is lost."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
APPLICATION = ("web", "worker", "beat", "migrate")
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, Any] = yaml.safe_load(TEXT)["services"]
EXAMPLE = (ROOT / ".env.example").read_text()


def test_the_services() -> None:
    assert set(SERVICES) == {"postgres", "redis", *APPLICATION}
    assert SERVICES["postgres"]["image"] == "postgres:18"


def test_nothing_serves_before_the_schema_is_there() -> None:
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_only_the_migrate_step_connects_as_the_owner() -> None:
    for name in APPLICATION:
        role = re.match(r"postgres://(\w+):", SERVICES[name]["environment"]["DATABASE_URL"])
        assert role is not None
        assert role.group(1) == ("edc_owner" if name == "migrate" else "edc_app"), name
    for name in ("web", "worker", "beat"):
        known = str(SERVICES[name]["environment"])
        assert "EDC_OWNER_PASSWORD" not in known and "POSTGRES_PASSWORD" not in known, name


@pytest.mark.req("R31")
def test_every_secret_comes_from_the_environment_and_is_required() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "EDC_OWNER_PASSWORD", "EDC_APP_PASSWORD", "REDIS_PASSWORD"):
        uses = re.findall(r"\$\{" + name + r"\b[^}]*\}", TEXT)
        assert uses, name
        for use in uses:
            assert use.startswith("${" + name + ":?"), use


@pytest.mark.parametrize("name", ["web", "worker"])
def test_web_and_worker_can_be_scaled(name: str) -> None:
    assert "container_name" not in SERVICES[name]
    assert "volumes" not in SERVICES[name], "a replica keeps no state"
    for port in SERVICES[name].get("ports", []):
        assert re.search(r":-\d+-\d+\}:8000$", port), "a single host port would stop the second replica"


def test_there_is_one_beat() -> None:
    assert SERVICES["beat"]["deploy"] == {"replicas": 1}


def test_application_containers_are_closed() -> None:
    for name in APPLICATION:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_database_and_queue_are_not_reachable_from_outside() -> None:
    assert yaml.safe_load(TEXT)["networks"]["back"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["back"]


def test_the_database_sorts_as_the_embedded_one_does() -> None:
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert {"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"} <= set(arguments)
    source = (ROOT / "trial_edc" / "launch" / "postgres.py").read_text()
    for argument in arguments:
        assert f'"{argument}"' in source, argument


def test_the_roles_script_that_is_mounted_exists() -> None:
    mounts = [volume for volume in SERVICES["postgres"]["volumes"] if "initdb.d" in volume]
    assert len(mounts) == 1
    assert (ROOT / mounts[0].split(":")[0]).is_file()


def test_every_service_but_the_timetable_and_the_step_says_whether_it_is_healthy() -> None:
    for name in ("postgres", "redis", "web", "worker"):
        assert SERVICES[name]["healthcheck"]["test"], name


def test_every_setting_is_in_the_example_with_a_comment() -> None:
    settings = (ROOT / "trial_edc" / "settings.py").read_text()
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"(\w+)\"", settings)) | set(re.findall(r"\$\{(\w+)", TEXT))
    lines = EXAMPLE.splitlines()
    described = set()
    for before, line in itertools.pairwise(lines):
        found = re.match(r"(?:# )?([A-Z_]+)=", line)
        if found and (before.startswith("#") or re.match(r"# [A-Z_]+=", line)):
            described.add(found.group(1))
    assert read - described == set()
    assert described - read - {"DATABASE_OWNER_URL"} == set(), "described but read by nothing"


@pytest.mark.req("R31")
def test_the_example_holds_no_secret() -> None:
    for line in EXAMPLE.splitlines():
        if re.match(r"(SECRET_KEY|\w*PASSWORD)=", line):
            assert line.endswith("="), line


def test_the_image_is_closed_and_locked() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in text and "requirements/production.txt" in text
    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["python:3.11-slim", "python:3.11-slim"]
    final = text.split("FROM ")[-1]
    assert "gcc" not in final
    assert re.search(r"^USER 10001$", final, re.MULTILINE)
    assert final.index("collectstatic") < final.index("USER 10001")


def test_nothing_private_reaches_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".env.*", ".git", ".devstack", ".venv"} <= set(ignored)
