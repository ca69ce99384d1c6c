"""docs/generated/screen-checks.md: which test shows which check of the screens, read from the tests' own markers."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from reports.docs.markdown import code, page, table

INTRODUCTION = """\
What every screen must pass before it is used, and the test that shows it. A test names its checks with
`@pytest.mark.ui(5, 25)`; those in `tests/browser` drive a real browser against the running product."""
ROOT = Path(__file__).resolve().parents[2]
MARKER = "pytest.mark.ui"

CHECKS: Mapping[int, str] = {
    1: "Every form is filled and saved from the keyboard; the table holds what was typed.",
    2: "The focus is visible, ringed, and never under a bar.",
    3: "Tab follows the order of the page; no place in the order by number.",
    4: "Every control has a name; unit, hint and error are in its description.",
    5: "No serious finding of axe in any state, for any role.",
    6: "A refused form says so in its title, moves the focus to a summary, links to the fields and keeps the values.",
    7: "Dates are accepted in the ways people type them, kept with their precision, refused where not whole.",
    8: "Numbers with comma, point, spaces or a sign have one defined meaning and never change by themselves.",
    9: "A soft check can be confirmed and is in the trail; a hard one stops completing only.",
    10: "The grade beside the form is the grade that is stored.",
    11: "A draft survives the loss of the tab and is no record.",
    12: "Without network the page says so, and saves once when it is back.",
    13: "The page asks before it is left only while something is unsaved.",
    14: "Back and forward send nothing again and show what is stored; nothing is cached.",
    15: "A double click and two parallel requests are one version.",
    16: "A session that ran out covers the page, keeps the draft, and is taken up by the same person only.",
    17: "Two editors choose between both values, field by field.",
    18: "A wrong password signs nothing and is noted; a change breaks the signature.",
    19: "What a role may not do is neither offered nor accepted.",
    20: "A query is asked, answered and closed, and every count follows.",
    21: "A frozen or locked form is text, and refuses a save.",
    22: "Headline, marked rule and stored recommendation of the dose board agree.",
    23: "Baseline lesions are carried forward and cannot be changed there; sums are the server's.",
    24: "A report runs as a job whose file is checked by its hash.",
    25: "No page breaks the content policy, also after fragments were swapped in.",
    26: "Nothing scrolls sideways from 320 pixels on, nothing is cut at twice the text size.",
    27: "Icons stand out in forced colours; nothing moves for those who ask for calm.",
    28: "On paper a form has a head, its answers and no buttons.",
    29: "Targets are large enough for a mouse and for a finger.",
    30: "Every word goes through translation, and a page names its language; there is one language so far.",
    31: "Styles, scripts, queries and movement stay within their budgets.",
    32: "Every cell of the matrix says subject, visit, state and queries.",
    33: "Nothing is left in the browser after signing out.",
}
#: Checks that no test shows yet, and why.
OPEN: Mapping[int, str] = {}


def write() -> str:
    """Return the page."""
    shown = linked_tests(ROOT / "tests")
    rows = [(number, words, _links(number, shown)) for number, words in CHECKS.items()]
    count = f"{len(shown)} of {len(CHECKS)} checks are shown by at least one test."
    return page("Checks of the screens", INTRODUCTION, count, table(("Check", "In short", "Shown by"), rows))


def _links(number: int, shown: Mapping[int, list[tuple[str, str]]]) -> str:
    if number in OPEN:
        return f"**open**: {OPEN[number]}"
    return ", ".join(f"[{code(name)}](../../{path})" for path, name in shown.get(number, []))


def linked_tests(folder: Path) -> dict[int, list[tuple[str, str]]]:
    """Return (path, test) of the tests under `folder` by the check they name; KeyError for one that does not exist."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        for test, number in marked(file.read_text(encoding="utf-8")):
            if number not in CHECKS:
                raise KeyError(f"{file.name}: {test} names check {number}, which is none")
            found[number].append((file.relative_to(folder.parent).as_posix(), test))
    return {number: sorted(tests) for number, tests in sorted(found.items())}


def marked(source: str) -> Iterator[tuple[str, int]]:
    """Yield (test, check) for every marker in the text of a test module.

    >>> list(marked('@pytest.mark.ui(5, 25)\\ndef test_a(): ...'))
    [('test_a', 5), ('test_a', 25)]
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == MARKER:
                    yield from ((node.name, int(ast.literal_eval(argument))) for argument in decorator.args)
