"""The words and the parameters of response assessment, shared by its rules.

Purpose: name responses as CDISC submits them, and gather the protocol parameters; the defaults are this protocol's.

Source: RECIST 1.1 (Eisenhauer 2009), iRECIST (Seymour 2017); the parameters of section *Response*.

>>> RecistConfig().pd_increase_percent, RecistConfig().confirmation.min_days
(Decimal('20'), 28)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from trial_edc.protocol.parameters import boolean, decimal, integer, text


class Response(StrEnum):
    """A response by RECIST 1.1: of the targets, of the non-targets, or overall. NA: no such lesion at baseline."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    PD = "PD"
    NE = "NE"
    NA = "NA"


class ImmuneResponse(StrEnum):
    """A response by iRECIST; iUPD: unconfirmed, iCPD: confirmed progression."""

    ICR = "iCR"
    IPR = "iPR"
    ISD = "iSD"
    NON_ICR_NON_IUPD = "NON-iCR/NON-iUPD"
    IUPD = "iUPD"
    ICPD = "iCPD"
    NE = "NE"


class NewLesion(StrEnum):
    """Whether there is a new lesion."""

    NONE = "none"
    EQUIVOCAL = "equivocal"
    UNEQUIVOCAL = "unequivocal"


class Persistence(StrEnum):
    """Whether a partial response stays one until progression although the sum has grown back below 30 %."""

    NONE = "none"
    AFTER_CONFIRMED = "after_confirmed"
    AFTER_FIRST = "after_first"


class Reappearance(StrEnum):
    """What disease after an overall complete response is: progression, or judged by the sum like any other."""

    PD = "pd"
    SUM = "sum"


@dataclass(frozen=True)
class ConfirmationConfig:
    """What confirms a response: days from it to its confirmation, and what may lie between."""

    min_days: int = integer("response.confirm_min_days")
    max_ne_between: int = integer("response.max_ne_between")
    accept_sd_between: int = integer("response.accept_sd_between")


@dataclass(frozen=True)
class RecistConfig:
    """Protocol parameters of RECIST 1.1."""

    too_small_mm: Decimal = field(default=decimal("recist.too_small_mm"))
    node_normal_below_mm: Decimal = field(default=decimal("recist.node_normal_below_mm"))
    pr_decrease_percent: Decimal = field(default=decimal("recist.pr_decrease_percent"))
    pd_increase_percent: Decimal = field(default=decimal("recist.pd_increase_percent"))
    pd_increase_mm: Decimal = field(default=decimal("recist.pd_increase_mm"))
    zero_nadir_is_pd: bool = boolean("recist.zero_nadir_is_pd")
    pr_persistence: Persistence = field(default=Persistence(text("recist.pr_persistence")))
    cr_reappearance: Reappearance = field(default=Reappearance(text("recist.cr_reappearance")))
    confirmation: ConfirmationConfig = field(default_factory=ConfirmationConfig)

    def grown(self, sum_mm: Decimal, nadir_mm: Decimal) -> bool:
        """Whether a sum has grown enough over its nadir for progression; call it in the exact context.

        Both at least 5 mm and at least 20 %, limits included; over a nadir of 0 any growth is more than 20 %.
        """
        growth = sum_mm - nadir_mm
        relative = 100 * growth >= self.pd_increase_percent * nadir_mm and (self.zero_nadir_is_pd or nadir_mm > 0)
        return relative and growth >= self.pd_increase_mm
