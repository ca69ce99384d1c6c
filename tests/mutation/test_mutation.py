"""The mutation check itself: its changes, that it tells a weak test from a good one, and which tests it runs."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from tests.mutation import mutants
from tests.mutation.belonging import files_about, rule_modules
from tests.mutation.runs import Outcome, run_all

MODULE = "tests.mutation.example"
PATH = Path(__file__).with_name("example.py")


def test_the_examples_hold() -> None:
    result = doctest.testmod(mutants)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize(
    ("source", "changes"),
    [
        ("x = a and b", ["a and b -> a or b"]),
        ("x = not a", ["not a -> not not a"]),
        ("x = a + b", ["a + b -> a - b"]),
        ("x = a is None or b in c", ["a is None or b in c -> a is None and b in c", "a is None -> a is not None",
                                      "b in c -> b not in c"]),
        ("x = f'{a}' + b", []),
        ("def f(a: Literal[3] = 4): ...", ["4 -> 5", "4 -> 3"]),
        ("VERSION = '1.0'", []),
        ("zip(a, b, strict=True)", []),
        ("@lru_cache(maxsize=64)\ndef f(): ...", []),
    ],
)  # fmt: skip
def test_every_change_is_made_once(source: str, changes: list[str]) -> None:
    assert [f"{each.before} -> {each.after}" for each in mutants.mutants(source)] == changes


def test_what_no_test_notices_survives(tmp_path: Path) -> None:
    """The example's own tests try one limit from both sides, and another one never."""
    said = tmp_path / "said"

    def tell(mutant: mutants.Mutant, outcome: Outcome) -> None:
        with said.open("a") as file:
            file.write(f"{outcome}: {mutant.before} -> {mutant.after}\n")

    assert run_all(MODULE, PATH, [str(PATH)], tell, lambda: None) == pytest.ExitCode.OK
    lines = said.read_text().splitlines()
    survived = [line.partition(": ")[2] for line in lines if line.startswith(Outcome.SURVIVED)]
    assert survived == ["temperature_c > 40 -> temperature_c >= 40", "40 -> 39"]
    assert len(lines) == 19


def test_every_rule_module_has_tests() -> None:
    alone = [module for module in rule_modules() if len(files_about(module)) < 2]
    assert not alone
