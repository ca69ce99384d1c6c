"""The tests of the release certificate and the limits a lot must meet.

Limits belong to the manufacturer's specification, which no public text of this trial gives: every one is an
assumption until the sponsor's certificate replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trial_edc.protocol.parameters import decimal

NEGATIVE = "NEGATIVE"
POSITIVE = "POSITIVE"
PENDING = "PENDING"
CONFORMS = "CONFORMS"
DOES_NOT_CONFORM = "DOES NOT CONFORM"


@dataclass(frozen=True)
class ReleaseTest:
    """One test of the certificate; `name` is the item of the form.

    A number must lie between `minimum` and `maximum`, both included; a word must be `accepted`. A test with none of
    the three is reported without a limit.
    """

    name: str
    label: str
    unit: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    accepted: str = ""
    assumption: bool = True

    @property
    def limit(self) -> str:
        """The limit as the certificate prints it; "" for a test that is only reported.

        >>> release_test("viability_percent").limit, release_test("sterility").limit, release_test("cd4_percent").limit
        ('≥ 70 %', 'NEGATIVE', '')
        """
        if self.minimum is not None:
            return f"≥ {self.minimum} {self.unit}".strip()
        if self.maximum is not None:
            return f"≤ {self.maximum} {self.unit}".strip()
        return self.accepted


RELEASE_TESTS: tuple[ReleaseTest, ...] = (
    ReleaseTest("viable_car_cells_million", "Viable CAR+ cells", "×10⁶ cells"),
    ReleaseTest("total_cells_million", "Total cells", "×10⁶ cells"),
    ReleaseTest("car_percent", "CAR+ cells", "%", minimum=decimal("release.car_percent_minimum")),
    ReleaseTest("viability_percent", "Viability", "%", minimum=decimal("release.viability_percent_minimum")),
    ReleaseTest("vector_copies", "Vector copy number", "copies/cell", maximum=decimal("release.vector_copies_maximum")),
    ReleaseTest("cd4_percent", "CD4+ cells", "%"),
    ReleaseTest("cd8_percent", "CD8+ cells", "%"),
    ReleaseTest("sterility", "Sterility", accepted=NEGATIVE),
    ReleaseTest("mycoplasma", "Mycoplasma", accepted=NEGATIVE),
    ReleaseTest("endotoxin", "Endotoxin", "EU/mL", maximum=decimal("release.endotoxin_eu_ml_maximum")),
    ReleaseTest("replication_competent_virus", "Replication-competent virus", accepted=NEGATIVE),
    ReleaseTest("appearance", "Appearance", accepted=CONFORMS),
)

_BY_NAME = {test.name: test for test in RELEASE_TESTS}


def release_test(name: str) -> ReleaseTest:
    """The test with this name; KeyError with a readable text otherwise."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise KeyError(f"The release certificate has no test {name}.") from None
