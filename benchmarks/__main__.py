"""`python -m benchmarks [name …]`: run all or some, print a table. The status is 0 whatever the times are."""

from __future__ import annotations

import importlib
import os
import sys

from benchmarks.measure import Line, table
from benchmarks.stores import throw_away

#: Module of each benchmark, in the order in which they run; each has `run(stage)`, which returns lines.
#: The report comes first: it tells the largest memory of the process, which never becomes less.
NAMES = (
    "safety_report", "saving", "form_page", "matrix", "doseroom", "board", "efficacy", "rules", "characteristics",
)  # fmt: skip
#: Run only when named: it fills a study of 1,000 subjects, which takes minutes.
LONG = ("large",)


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in NAMES + LONG]
    if unknown:
        sys.stderr.write(f"no benchmark {unknown[0]}; there are {', '.join(NAMES + LONG)}\n")
        return 2
    lines: list[Line] = []
    with throw_away() as stage:
        os.environ.update(stage.environment)
        import django

        django.setup()
        from trial_edc.loaded import keep_what_is_loaded

        keep_what_is_loaded()  # as the processes of a deployment do
        for name in names or NAMES:
            print(f"running {name} ...", file=sys.stderr, flush=True)
            lines += importlib.import_module(f"benchmarks.{name}").run(stage)
    print(table(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
