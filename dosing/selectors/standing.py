"""How one subject counts: the value that every tally is made of."""

from __future__ import annotations

from dataclasses import dataclass

from dosing.rules.evaluability import Status


@dataclass(frozen=True)
class Counted:
    """How one subject counts: its level, its status, and what the board needs to know beside."""

    identifier: str
    level: int
    status: Status
    in_review: bool = False
    infused: bool = False
    left: bool = False
    replace: bool = False
    expansion: bool = False

    @property
    def holds_slot(self) -> bool:
        """Test whether the subject's place is taken: not replaced, and not gone before the infusion."""
        return not (self.left if not self.infused else self.replace)
