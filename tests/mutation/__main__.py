"""`python -m tests.mutation [module …]`: change rules one place at a time and print what no test noticed."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

os.environ.setdefault("EDC_ENVIRONMENT", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_edc.settings")

import django
import pytest

from tests.mutation.belonging import file_of, files_about, rule_modules
from tests.mutation.mutants import Mutant
from tests.mutation.runs import Outcome, run_all

#: What every module's tests load and nobody changes: loaded once.
LIBRARIES = ("django.conf", "hypothesis", "lifelines", "numpy", "pydantic", "scipy.stats")


def check(module: str) -> None:
    """Test every mutant of a module; print those that survive and the numbers."""
    path = file_of(module)
    assert path is not None
    start, found = time.monotonic(), Counter[Outcome]()

    def tell(mutant: Mutant, outcome: Outcome) -> None:
        found[outcome] += 1
        if outcome is Outcome.SURVIVED:
            _say(f"{module}:{mutant.line}: {mutant.before} -> {mutant.after}")

    def total() -> None:
        _say(f"{module}: {found.total() - found[Outcome.SURVIVED]} of {found.total()} killed,"
             f" {time.monotonic() - start:.0f} s")  # fmt: skip

    status = run_all(module, path, files_about(module), tell, total)
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):  # a file that cannot be imported is left out
        _say(f"{module}: the tests could not be run (status {status})")


def _say(line: str) -> None:
    # pytest captures what is printed; the table goes to the terminal all the same.
    os.write(_TERMINAL, f"{line}\n".encode())


_TERMINAL = os.dup(1)


def main(names: Sequence[str]) -> int:
    """Check these modules, or all. Status 0 whatever survives, 2 for a name that is no rule module."""
    known = rule_modules()
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(f"no rule module {unknown[0]}; there are {', '.join(known)}\n")
        return 2
    for name in LIBRARIES:
        importlib.import_module(name)
    django.setup()  # some files compare a rule with the forms that ask for its inputs
    for module in names or known:
        check(module)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
