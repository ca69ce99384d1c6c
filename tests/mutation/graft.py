"""Put a changed module into the place of the running one, without importing anything again.

Other modules hold the functions, classes and constants of the module by name, so these objects are changed where they
are: a function gets the new code and defaults, a class its new functions and values, and a constant is computed again
and exchanged wherever it was imported.
"""

from __future__ import annotations

import ast
import inspect
import sys
from decimal import Decimal
from enum import EnumMeta
from functools import _lru_cache_wrapper
from types import FunctionType, ModuleType
from typing import Any

#: What the default of a field may be.
PLAIN_VALUES = (bool, int, float, str, tuple, frozenset, Decimal)
OURS = ("safety.", "dosing.", "efficacy.", "enrollment.", "trial_edc.", "tests.")


def graft(module: ModuleType, changed: ast.Module, line: int) -> None:
    """Change the module: the statement at this line, and everything after it that is computed from it."""
    forget_remembered_answers()
    for statement in changed.body:
        last = statement.end_lineno or statement.lineno
        if last < line:
            continue
        is_changed = statement.lineno <= line
        if isinstance(statement, ast.FunctionDef):
            _function(_unwrapped(getattr(module, statement.name)), _unwrapped(_made(module, statement)))
        elif isinstance(statement, ast.ClassDef):
            if is_changed or _has_decorator_lines(statement, line):
                _class(getattr(module, statement.name), _made(module, statement))
        elif not isinstance(statement, (ast.Import, ast.ImportFrom)):
            _constants(module, statement)


def _has_decorator_lines(statement: ast.ClassDef, line: int) -> bool:
    return any(decorator.lineno <= line for decorator in statement.decorator_list)


def _made(module: ModuleType, statement: ast.FunctionDef | ast.ClassDef) -> Any:
    scratch = dict(vars(module))
    _run(statement, scratch, module)
    return scratch[statement.name]


def _run(statement: ast.stmt, names: dict[str, Any], module: ModuleType) -> None:
    # The type hints of the house are never evaluated, also not those of a class that is made again.
    future = ast.parse("from __future__ import annotations").body
    tree = ast.Module([*future, statement], [])
    exec(compile(tree, str(module.__file__), "exec"), names)


def _unwrapped(function: Any) -> Any:
    return inspect.unwrap(function)


def _function(old: FunctionType, new: FunctionType) -> None:
    if old.__code__.co_freevars != new.__code__.co_freevars:
        raise RuntimeError(f"{old.__qualname__} closes over other names")
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _class(old: type, new: type) -> None:
    for name, value in vars(new).items():
        if name in ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__"):
            continue
        before, after = _plain(vars(old).get(name)), _plain(value)
        if isinstance(before, FunctionType) and isinstance(after, FunctionType):
            _function(before, after)
        elif isinstance(after, PLAIN_VALUES) and not isinstance(old, EnumMeta):
            setattr(old, name, value)


def _plain(attribute: Any) -> Any:
    """The function inside a property, class method, static method or cache."""
    for inner in ("fget", "func", "__func__"):
        attribute = getattr(attribute, inner, attribute)
    return inspect.unwrap(attribute) if callable(attribute) else attribute


def _constants(module: ModuleType, statement: ast.stmt) -> None:
    before = dict(vars(module))
    _run(statement, vars(module), module)
    for name, value in vars(module).items():
        if name not in before or before[name] is value:
            continue
        for other in _our_modules():
            for alias in [alias for alias, held in vars(other).items() if held is before[name]]:
                setattr(other, alias, value)


def _our_modules() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items()) if name.startswith(OURS)]


def forget_remembered_answers() -> None:
    """Empty every cache of ours: what was computed before says nothing about what would be computed now."""
    if not _CACHES:
        values = (value for module in _our_modules() for value in vars(module).values())
        _CACHES.extend(value for value in values if isinstance(value, _lru_cache_wrapper))
    for cache in _CACHES:
        cache.cache_clear()


#: Every function of ours that remembers its answers, found once all tests are loaded.
_CACHES: list[Any] = []
