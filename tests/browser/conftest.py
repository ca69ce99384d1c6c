"""A real browser on the real product: gunicorn, worker, beat, PostgreSQL and Valkey, with the demonstration study."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dosing.demonstration.cast import PASSWORD
from tests.processes import Product, running_product

#: The shell has the same engine without the windows, menus and pages of its own that a whole browser starts.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), "")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: The escalation writes to the tests' own database, so it comes before a browser's event loop keeps it from there; the
#: stories tell of the demonstration as it was loaded, and every other test leaves entries behind. The longest of them
#: begin before the short ones, so that two processes end together.
ORDER = {"test_escalation": 0, "test_story": 1, "test_to_day_28": 2, "test_walk": 3, "test_every_form": 4}
#: A busy machine answers late; what is expected is the same.
expect.set_options(timeout=15_000)
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (e) => {
  window.violations.push(`${e.violatedDirective} ${e.blockedURI}`);
});
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser, and comes last: its event loop keeps others from the data."""
    here = [item for item in items if Path(str(item.fspath)).parent == Path(__file__).parent]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="no chromium on this machine; `apt-get install chromium`"))
    here.sort(key=lambda item: ORDER.get(item.path.stem, len(ORDER)))
    items[:] = [item for item in items if item not in here] + here


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The running product; one start serves all browser tests of this process."""
    # Each process of the tests has a product of its own, with a queue of its own; 8 is that of the long story.
    queue = {"gw1": 9}.get(os.environ.get("PYTEST_XDIST_WORKER", ""), 7)
    with running_product(redis_database=queue) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Desk:
    """One person's browser; `problems` collects console errors and violations of the content policy."""

    def __init__(self, page: Page, product: Product) -> None:
        self.page, self.product = page, product
        self.problems: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def _console(self, message: Any) -> None:
        refused = "Failed to load resource" in message.text  # a refused post is what some tests are about
        if message.type == "error" and not refused:
            self.problems.append(message.text)

    def open(self, address: str) -> Page:
        answer = self.page.goto(self.product.url + address)
        assert answer is not None and answer.status == 200, f"{address}: {answer and answer.status}"
        return self.page

    def check(self) -> None:
        """Nothing broke the content policy on this page, and nothing was written to the console."""
        assert self.page.evaluate("window.violations") == []
        assert self.problems == []

    def post(self, address: str, **form: str) -> int:
        """Send a form past the page's own buttons, as somebody with bad intentions would; return the status."""
        token = self.page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
        sent: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, **form}
        answer = self.page.request.post(self.product.url + address, form=sent, max_redirects=0)
        return answer.status


@pytest.fixture(scope="session")
def states() -> dict[str, Any]:
    """Cookies by person, so that each signs in once."""
    return {}


def sign_in(one: Desk, username: str) -> None:
    """Sign a person in from the keyboard."""
    one.open("/sign-in/").locator("#id_username").focus()
    one.page.keyboard.type(username)
    one.page.keyboard.press("Tab")
    one.page.keyboard.type(PASSWORD)
    one.page.keyboard.press("Enter")
    one.page.wait_for_url(lambda url: "sign-in" not in url)


@pytest.fixture(scope="session")
def rooms(chromium: Browser) -> Iterator[dict[Any, BrowserContext]]:
    """Signed-in browser contexts that tests share, so that style sheets, scripts and fonts are fetched once."""
    found: dict[Any, BrowserContext] = {}
    yield found
    for context in found.values():
        context.close()


@pytest.fixture
def desk(
    chromium: Browser, product: Product, states: dict[str, Any], rooms: dict[Any, BrowserContext]
) -> Iterator[Callable[..., Desk]]:
    """Open a page for a person: `desk("zhang.min")`; every page is checked when the test ends.

    `own=True` gives a context of its own, for tests that end the session or take the network away.
    """
    desks: list[Desk] = []
    alone: list[BrowserContext] = []

    def room(username: str, settings: dict[str, Any]) -> BrowserContext:
        context = chromium.new_context(storage_state=states.get(username), accept_downloads=True, **settings)
        context.add_init_script(WATCH)
        return context

    def sit_down(username: str, *, width: int = 1440, height: int = 1000, own: bool = False, **settings: Any) -> Desk:
        key = (username, *sorted(settings.items()))
        if own:
            alone.append(room(username, settings))
        elif key not in rooms:
            rooms[key] = room(username, settings)
        one = Desk((alone[-1] if own else rooms[key]).new_page(), product)
        one.page.set_viewport_size({"width": width, "height": height})
        desks.append(one)
        if username not in states:
            sign_in(one, username)
            states[username] = one.page.context.storage_state()
        return one

    yield sit_down
    for one in desks:
        one.check()
        one.page.close()
    for context in alone:
        context.close()


@pytest.fixture
def rows(product: Product) -> Callable[..., list[Any]]:
    """Read the product's database beside the browser: `rows("SELECT …", value)`."""

    def read(query: str, *values: object) -> list[Any]:
        url = product.superuser_url.rpartition("/")[0] + f"/{product.database}"
        connection = psycopg2.connect(url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                found: list[Any] = cursor.fetchall()
                return found
        finally:
            connection.close()

    return read
