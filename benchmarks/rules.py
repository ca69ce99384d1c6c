"""The rule bench: ten thousand cases of every rule, from JSON text to JSON text."""

from __future__ import annotations

import json
import time

from benchmarks.measure import Line, once
from benchmarks.stores import Stage
from tests.rules.bench_cases import GOOD
from trial_edc.bench import engine

CASES = 10_000


def run(_stage: Stage) -> list[Line]:
    lines = []
    for name in sorted(GOOD):
        request = json.dumps({"cases": [{"id": str(number), "input": GOOD[name][0]} for number in range(CASES)]})

        def answered(rule: str = name, text: str = request) -> None:
            content, status = engine.answer(rule, text)
            assert status == engine.OK
            engine.as_json(content)

        seconds = once(answered, clock=time.process_time) / 1000
        lines.append(Line(f"rule bench, {name}", seconds, "s CPU", 2))
    return lines
