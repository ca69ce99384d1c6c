"""What is the same for every reader is worked out once per change, not once per reader.

Thirty open boards ask within a second of a change; one of them reads the board, the others wait for it and take it.
What is kept belongs to a mark of the trail: with the next change it is of no use, and is worked out again.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Shared:
    """Keeps the last answer of each kind, in this process, under the mark it was worked out for."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[str, Any]] = {}
        self._turns: dict[Hashable, threading.Lock] = defaultdict(threading.Lock)

    def get(self, kind: Hashable, mark: str, work: Callable[[], T]) -> T:
        """Return the answer kept for this mark, or work it out; who asks at the same time waits for it.

        `mark` must be read before anything that `work` reads. `kind` is one of few: it is never forgotten.
        """
        with self._turns[kind]:
            found = self._kept.get(kind)
            if found is not None and found[0] == mark:
                answer: T = found[1]
                return answer
            answer = work()
            self._kept[kind] = (mark, answer)
            return answer
