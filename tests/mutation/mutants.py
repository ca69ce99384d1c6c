"""Every single change of a module that is worth a test: comparisons, numbers, and/or, not, arithmetic.

Left alone: annotations, decorators, text, and the version of a rule, which say nothing about a result; and `strict`,
which asserts what always holds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
#: A number written as text, as exact decimals are.
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
#: The steps of a laboratory criterion as one text: "4:20 3:5 1:1.5=".
STEPS = re.compile(r"\d:\d+(\.\d+)?=?( \d:\d+(\.\d+)?=?)*", re.ASCII)


@dataclass(frozen=True)
class Mutant:
    """One changed module: where, what it was and became. `tree` is the module while the change is in it."""

    line: int
    before: str
    after: str
    tree: ast.Module


@dataclass(frozen=True)
class _Change:
    """One field of one node and the value it takes instead."""

    node: ast.expr | ast.AugAssign
    field: str
    value: object


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text; the change of one is taken back before the next is made.

    >>> [f"{each.before} -> {each.after}" for each in mutants("grade = 3 if temperature_c >= 38 else 0")]
    ['3 -> 4', '3 -> 2', 'temperature_c >= 38 -> temperature_c > 38', '38 -> 39', '38 -> 37', '0 -> 1']
    """
    tree = ast.parse(source)
    for node in sorted(_worth_changing(tree), key=lambda each: (each.lineno, each.col_offset)):
        before = ast.unparse(node)
        for change in _changes(node):
            was = getattr(node, change.field)
            setattr(node, change.field, change.value)
            ast.fix_missing_locations(node)
            yield Mutant(node.lineno, before, ast.unparse(node), tree)
            setattr(node, change.field, was)


def _worth_changing(tree: ast.AST) -> Iterator[ast.expr | ast.AugAssign]:
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list") or _is_label(tree):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, (ast.expr, ast.AugAssign)):
                yield child
            if isinstance(child, ast.AST):
                yield from _worth_changing(child)


def _is_label(tree: ast.AST) -> bool:
    if isinstance(tree, ast.keyword):
        return tree.arg == "strict"
    return isinstance(tree, ast.Assign) and ast.unparse(tree.targets[0]) in ("VERSION", "RULE", "__all__")


def _changes(node: ast.expr | ast.AugAssign) -> Iterator[_Change]:
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            changed = [*node.ops[:index], COMPARISONS[type(operator)](), *node.ops[index + 1 :]]
            yield _Change(node, "ops", changed)
    elif isinstance(node, ast.BoolOp):
        yield _Change(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _Change(node, "operand", ast.UnaryOp(ast.Not(), node.operand))
    elif isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in ARITHMETIC and not _is_text(node):
        yield _Change(node, "op", ARITHMETIC[type(node.op)]())
    elif isinstance(node, ast.Constant):
        yield from (_Change(node, "value", value) for value in _neighbours(node.value))


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    """Whether a sentence is put together."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def _neighbours(value: object) -> list[object]:
    """The nearest other values of a constant; none for text that is no number.

    >>> _neighbours(6), _neighbours("38.0"), _neighbours(True), _neighbours("4:0.5="), _neighbours("fever")
    ([7, 5], ['38.1', '37.9'], [False], ['4:0.6=', '4:0.4=', '4:0.5'], [])
    """
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1] if value else [1]  # counts, grades and days begin at 0
    if not isinstance(value, str):
        return []
    if NUMBER.fullmatch(value):
        return list(_next_decimals(value))
    return list(_steps(value)) if STEPS.fullmatch(value) else []


def _next_decimals(text: str) -> Iterator[str]:
    number = Decimal(text)
    last = Decimal(1).scaleb(int(number.as_tuple().exponent))
    yield from (str(number + last), str(number - last))


def _steps(text: str) -> Iterator[str]:
    words = text.split()
    for index, word in enumerate(words):
        grade, _, at = word.partition(":")
        number, reached = at.removesuffix("="), "=" if at.endswith("=") else ""
        changed = [f"{grade}:{near}{reached}" for near in _next_decimals(number)]
        changed.append(f"{grade}:{number}{'' if reached else '='}")
        yield from (" ".join([*words[:index], each, *words[index + 1 :]]) for each in changed)
