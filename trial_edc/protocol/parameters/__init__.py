"""Every protocol parameter, reached by its dotted key.

>>> parameter("dlt.window_days").value, integer("dlt.window_days")
(28, 28)
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from trial_edc.protocol.parameters.efficacy import EFFICACY
from trial_edc.protocol.parameters.enrolment import ENROLMENT
from trial_edc.protocol.parameters.escalation import ESCALATION
from trial_edc.protocol.parameters.model import Parameter, Section, Value
from trial_edc.protocol.parameters.product import PRODUCT
from trial_edc.protocol.parameters.safety import SAFETY
from trial_edc.protocol.parameters.visits import VISITS

__all__ = [
    "PARAMETERS",
    "Parameter",
    "Section",
    "Value",
    "boolean",
    "decimal",
    "integer",
    "parameter",
    "parameters_in",
    "text",
    "values",
]

PARAMETERS: tuple[Parameter, ...] = ENROLMENT + SAFETY + ESCALATION + VISITS + PRODUCT + EFFICACY

_BY_KEY: Mapping[str, Parameter] = {candidate.key: candidate for candidate in PARAMETERS}


def parameter(key: str) -> Parameter:
    """The parameter with this key; KeyError with a readable text otherwise."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise KeyError(f"The protocol has no parameter {key}.") from None


def parameters_in(section: Section) -> tuple[Parameter, ...]:
    """The parameters of one section of the study-definition page, in order."""
    return tuple(candidate for candidate in PARAMETERS if candidate.section is section)


def _typed(key: str, *kinds: type) -> Value:
    value = parameter(key).value
    if type(value) not in kinds:
        raise TypeError(f"The parameter {key} holds {type(value).__name__}, not {kinds[0].__name__}.")
    return value


def integer(key: str) -> int:
    """The value of a whole-number parameter; TypeError when it holds something else."""
    value = _typed(key, int)
    assert isinstance(value, int)
    return value


def boolean(key: str) -> bool:
    """The value of a yes/no parameter."""
    value = _typed(key, bool)
    assert isinstance(value, bool)
    return value


def decimal(key: str) -> Decimal:
    """The value of a number parameter, exact; whole numbers are converted."""
    value = _typed(key, Decimal, int)
    assert isinstance(value, Decimal | int)
    return Decimal(value)


def text(key: str) -> str:
    """The value of a parameter chosen by name."""
    value = _typed(key, str)
    assert isinstance(value, str)
    return value


def values(key: str) -> tuple[int | str | Decimal, ...]:
    """The value of a parameter that is a list."""
    value = _typed(key, tuple)
    assert isinstance(value, tuple)
    return value
