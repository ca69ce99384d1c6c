"""The rules the bench knows; clinical applications register theirs when they start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict


class BenchModel(BaseModel):
    """Base of every input and configuration: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class NoConfig(BenchModel):
    """The configuration of a rule without protocol parameters."""


class CaseError(ValueError):
    """A case whose values contradict each other; the text names the key."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")


@dataclass(frozen=True)
class Outcome:
    """What a rule answers to one case: JSON-ready output and the sentence of the rule that fired."""

    output: Mapping[str, Any]
    because: str


@dataclass(frozen=True)
class BenchRule:
    """One rule as the bench offers it; `evaluate` takes the validated input and configuration, may raise CaseError."""

    name: str
    version: str
    title: str
    source: str
    evaluate: Callable[[Any, Any], Outcome]
    input_model: type[BenchModel]
    config_model: type[BenchModel] = NoConfig


_RULES: dict[str, BenchRule] = {}


def register(rule: BenchRule) -> None:
    """Offer a rule. Registering the same rule again replaces it, so that a reload does no harm."""
    _RULES[rule.name] = rule


def rules() -> tuple[BenchRule, ...]:
    """Every registered rule, by name."""
    return tuple(_RULES[name] for name in sorted(_RULES))


def find(name: str) -> BenchRule | None:
    """The rule of that name, None when there is none."""
    return _RULES.get(name)
