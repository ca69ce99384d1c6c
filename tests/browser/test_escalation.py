"""A whole escalation in a browser: 3 + 6 + 6 subjects to the MTD, the RP2D and the first subject of the expansion.

The data are entered through the services, the steps that decide in the browser: each is tried too early, by the wrong
role, with one signature and from a page that is out of date, before it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from dosing.models import DoseDecision, Rp2dDecision, Slot
from dosing.services import guard_infusion
from enrollment.models import Subject
from tests.browser.conftest import WATCH, Desk
from tests.dosing.builders import Trial
from tests.dosing.test_slots import infusion
from tests.people import PASSWORD, make_people
from trial_edc.accounts.access import today
from trial_edc.casebook.rendering.dates import study_date
from trial_edc.errors import DomainError

BOARD = "/dose-escalation/"
Seat = Callable[[str], Desk]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """The browser's event loop runs in this thread; the database is used from it all the same, by one at a time."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def trial(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """An empty trial whose writes a browser sees; the test computes itself, in place of a worker."""
    monkeypatch.setattr("dosing.services.later.enqueue", lambda *args: True)
    return Trial(make_people())


@pytest.fixture
def seat(trial: Trial, live_server: Any, chromium: Browser, settings: Any) -> Iterator[Seat]:
    """A signed-in browser for a role: `seat("investigator")`; every page is checked when the test ends."""
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    desks: dict[str, Desk] = {}

    def sit_down(role: str) -> Desk:
        if role not in desks:
            client = Client()
            client.force_login(getattr(trial.people, role), backend="django.contrib.auth.backends.ModelBackend")
            name = django_settings.SESSION_COOKIE_NAME
            context = chromium.new_context(viewport={"width": 1280, "height": 900})
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
            context.add_init_script(WATCH)
            desks[role] = Desk(context.new_page(), SimpleNamespace(url=live_server.url))  # type: ignore[arg-type]
        return desks[role]

    yield sit_down
    for one in desks.values():
        one.check()
        one.page.context.close()


def freeze(one: Desk, level: int) -> str:
    """Freeze the evidence from the board; return the address of the record."""
    page = one.open(BOARD)
    page.get_by_role("button", name=f"Freeze evidence for level {level}").click()
    page.wait_for_url("**/decisions/**")
    return page.url.removeprefix(one.product.url)


def meet(one: Desk, address: str) -> None:
    page = one.open(address)
    form = page.locator("form[action$='/meeting/']")
    form.get_by_label("Date of the meeting").fill(study_date(today()))
    form.get_by_label("Attendees").fill("Investigator, Src Member")
    form.get_by_label("Minutes").fill("The cases were discussed one by one.")
    form.get_by_label("Agree with the recommendation").check()
    form.get_by_role("button", name="Record meeting").click()
    expect(page.locator(".note.ok").first).to_contain_text("Two people sign next")


def give_password(page: Page, act: str) -> None:
    """Sign or release on the page that is open."""
    form = page.locator(f"form[action$='/{act}/']")
    form.locator("input[type=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def decide(seat: Seat, trial: Trial, level: int) -> DoseDecision:
    """From the freeze to the release, by those who may; the worker follows."""
    investigator, member = seat("investigator"), seat("src_member")
    address = freeze(investigator, level)
    meet(investigator, address)
    for one in (investigator, member):
        give_password(one.open(address), "sign")
    give_password(investigator.open(address), "release")
    expect(investigator.page.locator(".note.ok").first).to_contain_text("released and in force")
    trial.compute()
    return DoseDecision.objects.get(pk=address.strip("/").rpartition("/")[2])


def treat(trial: Trial, level: int, count: int, *, dlts: int = 0) -> list[Subject]:
    subjects = [trial.infused(level) for _n in range(count)]
    for subject in subjects[:dlts]:
        trial.judge(trial.event(subject))
    trial.compute()
    return subjects


def verdict(one: Desk) -> str:
    return one.open(BOARD).locator("#verdict-title").inner_text()


def refused_infusion(trial: Trial, level: int) -> str:
    subject = trial.slot(level)
    with pytest.raises(DomainError) as refused, trial.write():
        guard_infusion(record=infusion(subject, level), by=trial.people.coordinator)
    with trial.write():
        Slot.objects.filter(subject=subject).delete()
    return str(refused.value)


def test_three_six_six_to_the_mtd_the_rp2d_and_the_first_subject_of_the_expansion(seat: Seat, trial: Trial) -> None:
    investigator, member, coordinator = seat("investigator"), seat("src_member"), seat("coordinator")
    # Level 1, too early: two are through, one is in the window.
    treat(trial, 1, 2)
    third = trial.infused(1, days=20)
    trial.compute()
    assert verdict(investigator) == "Hold at level 1 until everyone is decided."
    assert "DL2 is not released" in refused_infusion(trial, 2)
    trial.assess(third, today())
    with trial.write():
        Subject.objects.filter(pk=third.pk).update(infused_at=Subject.objects.exclude(pk=third.pk)[0].infused_at)
    trial.compute()
    assert verdict(investigator) == "Escalate from level 1 to level 2."

    # The wrong role, a page that is out of date, one signature: nothing is released.
    assert coordinator.open(BOARD).get_by_role("button", name="Freeze evidence").count() == 0
    assert coordinator.post("/dose-escalation/levels/1/freeze/") == 403
    address = freeze(investigator, 1)
    meet(investigator, address)
    expect(member.open(address).locator("main")).to_contain_text("It is the turn of a physician")
    assert member.page.locator("form[action$='/sign/']").count() == 0, "the committee signs after the physician"
    second = seat("sub_investigator")
    second.open(address)
    investigator.open(address).get_by_role("button", name="Freeze again").click()
    investigator.page.wait_for_load_state()
    meet(investigator, address)
    give_password(second.page, "sign")
    expect(second.page.locator("main")).to_contain_text("frozen again since you opened this page")
    give_password(investigator.open(address), "sign")
    assert investigator.page.locator("form[action$='/sign/']").count() == 0, "one person signs once"
    assert investigator.post(address + "release/", **{"release-password": PASSWORD}) == 422, "one signature"
    give_password(member.open(address), "sign")
    assert member.post(address + "release/", **{"release-password": PASSWORD}) == 403
    assert "DL2 is not released" in refused_infusion(trial, 2), "signed is not released"
    give_password(investigator.open(address), "release")
    trial.compute()
    expect(investigator.open(BOARD).locator(".rung.now")).to_contain_text("Recruiting")

    # Level 2: one of three, one of six. Level 3: one of three, one of six.
    treat(trial, 2, 3, dlts=1)
    assert verdict(investigator) == "Treat 3 more at level 2."
    treat(trial, 2, 3)
    assert verdict(investigator) == "Escalate from level 2 to level 3."
    assert "DL3 is not released" in refused_infusion(trial, 3)
    assert decide(seat, trial, 2).chosen_action == "ESCALATE"
    treat(trial, 3, 3, dlts=1)
    treat(trial, 3, 3)
    assert verdict(investigator) == "Level 3 is the MTD."

    # The MTD, then the dose of the expansion: not before the MTD is released, not above it, not by one person.
    page = investigator.open("/dose-escalation/rp2d/")
    expect(page.locator("main")).to_contain_text("A released decision that declares the MTD comes first")
    assert decide(seat, trial, 3).chosen_action == "DECLARE_MTD"
    page = investigator.open("/dose-escalation/rp2d/")
    page.get_by_label("DL2:").check()
    page.get_by_label("Reason").fill("Expansion of the cells was as high as at DL3, with less CRS.")
    page.get_by_label("Date of the meeting").fill(study_date(today()))
    page.get_by_label("Attendees").fill("Investigator, Src Member")
    page.get_by_role("button", name="Record the choice").click()
    page.wait_for_load_state()
    choice = Rp2dDecision.objects.get()
    give_password(page, "sign")
    assert investigator.post(f"/dose-escalation/rp2d/{choice.pk}/release/", **{"release-password": PASSWORD}) == 422
    give_password(member.open("/dose-escalation/rp2d/"), "sign")
    assert coordinator.post(f"/dose-escalation/rp2d/{choice.pk}/release/", **{"release-password": PASSWORD}) == 403

    # The first subject of the expansion: refused until the release, then given the first place.
    candidate = trial.candidate()
    expect(coordinator.open(f"/dose-escalation/enrol/{candidate.identifier}/").locator("main")).to_contain_text(
        "No place is free now"
    )
    give_password(investigator.open("/dose-escalation/rp2d/"), "release")
    page = coordinator.open(f"/dose-escalation/enrol/{candidate.identifier}/")
    page.get_by_role("button", name=f"Enrol {candidate.identifier} at level 2").click()
    page.wait_for_load_state()
    slot = Slot.objects.get(subject=candidate)
    assert (slot.part, slot.dose_level, slot.number) == ("EXPANSION", 2, 1)
    expect(investigator.open(BOARD).locator("main")).to_contain_text(
        "The expansion at DL2 is open: 1 of 21 places taken"
    )


def test_a_late_dlt_raises_the_ribbon_on_an_open_board_and_suspends_the_level_above(seat: Seat, trial: Trial) -> None:
    investigator = seat("investigator")
    subjects = treat(trial, 1, 3)
    first = decide(seat, trial, 1)
    board = seat("monitor").open(BOARD)
    expect(board.locator(".rung.now")).to_contain_text("Dose level 2")
    waiting = trial.slot(2)
    late = trial.event(subjects[0], onset_day=20, grades=((4, 20),))
    trial.compute()
    ribbon = board.get_by_role("region", name="Superseded decision")
    expect(ribbon).to_contain_text("Data changed since the decision on level 1", timeout=5_000)
    expect(ribbon).to_contain_text("01-001 AE 1")
    with pytest.raises(DomainError, match="DL2 is not released"), trial.write():
        guard_infusion(record=infusion(waiting, 2), by=trial.people.coordinator)
    trial.judge(late)
    trial.compute()
    second = decide(seat, trial, 1)
    assert (second.revision, second.replaces_id, second.chosen_action) == (2, first.pk, "EXPAND_TO_6")
    page = investigator.open(f"/dose-escalation/decisions/{second.pk}/")
    page.get_by_role("link", name="replaces the revision before").click()
    page.wait_for_url(f"**/{first.pk}/")
    expect(page.locator("main")).to_contain_text("Superseded on")
    changed = page.get_by_role("region", name="What changed since the data cut-off").first
    expect(changed).to_contain_text("01-001 AE 1")


def test_two_dlts_at_the_lowest_level_end_with_no_tolerated_dose(seat: Seat, trial: Trial) -> None:
    investigator, coordinator = seat("investigator"), seat("coordinator")
    treat(trial, 1, 2, dlts=2)
    assert verdict(investigator) == "Stop dosing at level 1. No dose is tolerated."
    candidate = trial.candidate()
    address = f"/dose-escalation/enrol/{candidate.identifier}/"
    expect(coordinator.open(address).locator("main")).to_contain_text("No place is free now")
    assert coordinator.post(address, level="1") == 422
    assert decide(seat, trial, 1).chosen_action == "STOP_NO_TOLERATED_DOSE"
    expect(investigator.open(BOARD).locator(".rung.stop")).to_contain_text("Stopped: too toxic")
    expect(investigator.open("/dose-escalation/rp2d/").locator("main")).to_contain_text("None yet")
