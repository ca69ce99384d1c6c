"""One study in which every address of the product has something to show, and what is sent to each of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from dosing.models import ExplicitChoice, Rp2dDecision
from dosing.selectors.assessment import assess_subjects
from reports.models import ReportFile
from reports.services import request_report
from reports.tasks import produce_report
from reports.trail_exports import request_trail_export
from safety.lab_import.services import upload_file
from safety.models import NormalRange, SeriousEventReport
from safety.range_services import add_range
from tests.casebook.entering import enter
from tests.dosing.builders import Trial
from tests.people import PASSWORD, People
from tests.rules.bench_cases import GOOD
from trial_edc.accounts.access import today
from trial_edc.accounts.models import User
from trial_edc.audit.context import acting
from trial_edc.audit.models import ItemChange
from trial_edc.casebook.not_done import mark_not_done
from trial_edc.casebook.place import Place
from trial_edc.casebook.query_bulk import Ask, plan_ask, plan_close
from trial_edc.casebook.selectors.rights import fingerprint
from trial_edc.casebook.selectors.trail_list import TrailFilter
from trial_edc.casebook.selectors.verification import VerificationFilter
from trial_edc.casebook.user_review import present_list
from trial_edc.casebook.verifying import plan_verification
from trial_edc.casebook.visits import record_visit
from trial_edc.review.models import UnlockRequest
from trial_edc.review.services import raise_query

ROLES = (
    "coordinator", "investigator", "sub_investigator", "monitor", "data_manager", "statistician", "src_member",
    "cell_processing", "administrator", "inspector", "elsewhere", "anonymous",
)  # fmt: skip
NEW_PASSWORD = "another long password 3"
VITALS = {
    "assessed_time": "08:00", "temperature_c": "36.6", "systolic_bp": "120", "diastolic_bp": "80", "heart_rate": "70",
    "respiratory_rate": "14", "oxygen_saturation": "98",
}  # fmt: skip


_CASE = {"id": "1", "input": GOOD["ice-score"][0]}


@dataclass(frozen=True)
class Call:
    """What an address is called with: its arguments, the query of a GET and the body of a POST."""

    args: tuple[Any, ...] = ()
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


@dataclass
class Scene:
    """The people, and a call for every name; where nothing is said, an address without arguments gets an empty call."""

    people: People
    calls: dict[str, Call]

    def person(self, role: str) -> User | AnonymousUser:
        return AnonymousUser() if role == "anonymous" else getattr(self.people, role)

    def url(self, name: str) -> str:
        return reverse(name, args=self.call(name).args)

    def call(self, name: str) -> Call:
        return self.calls.get(name, Call())


def url_names() -> list[str]:
    """Return every name the resolver knows, with its namespace, in order of the addresses."""

    def walk(patterns: Any, space: str) -> list[str]:
        found: list[str] = []
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                found += walk(pattern.url_patterns, inner)
            elif isinstance(pattern, URLPattern):
                assert pattern.name, f"{pattern.pattern} has no name, so nobody can look it up in the table"
                found.append(space + pattern.name)
        return found

    return walk(get_resolver().url_patterns, "")


def build_scene(people: People) -> Scene:
    """Three treated subjects, a decision in review, a form, an event, a query, a report."""
    trial = Trial(people)
    first = trial.infused()
    others = [trial.infused() for _number in range(2)]
    waiting = trial.slot()
    event = trial.event(first)
    trial.compute()
    form = enter(people.coordinator, first, "D3", "VS", assessed_date=today().isoformat(), action="complete", **VITALS)
    query = raise_query(by=people.monitor, record=form, field="heart_rate", text="Please check the source.")
    record_visit(by=people.coordinator, subject=first, code="D1", visit_date=today())
    refused = Place(first, "D3", "ICANS", 1)
    mark_not_done(by=people.coordinator, place=refused, reason="Asleep", version=0, token=str(uuid4()))
    decision = trial.review(1, override_reason="The committee has seen the source.")
    calls = _pages(first) | _forms(first, form) | _dosing(trial, decision, event, waiting)
    calls |= _closing(people, first, form) | _review(people, form, query)
    calls["bench:page"] = Call(body={"rule": "ice-score", "cases": json.dumps({"cases": [_CASE]})})
    return Scene(people, calls | _reports(people, others[0]) | _accounts(people) | _ranges(people))


_LABORATORY_FILE = b"Subject,Date,Test,Result,Unit\n99-999,2026-03-05,WBC,5.1,10^9/L\n"


def _ranges(people: People) -> dict[str, Call]:
    day = today()
    normal = NormalRange(
        site=people.site, analyte="WBC", unit="10^9/L", high=Decimal("9.5"), valid_from=day, source="Manual 3",
    )  # fmt: skip
    add_range(by=people.data_manager, wanted=normal)
    body = {
        "site": str(people.site.pk), "analyte": "HGB", "unit": "g/L", "low": "115", "valid_from": day.isoformat(),
        "source": "Manual 3",
    }  # fmt: skip
    file = upload_file(by=people.coordinator, site=people.site, name="lab.csv", content=_LABORATORY_FILE)
    return {
        "laboratory:imports": Call(body={"site": str(people.site.pk)}),
        "laboratory:import": Call((file.pk,), body={"act": "columns"}),
        "laboratory:import-progress": Call((file.pk,)),
        "laboratory:import-faults": Call((file.pk,)),
        "safety:ranges": Call(body=body),
        "safety:range-close": Call((normal.pk,), body={"end_date": day.isoformat(), "reason": "New analyser."}),
    }


def _pages(subject: Any) -> dict[str, Call]:
    name = subject.identifier
    return {
        "casebook:subject-add": Call(body={"site": "01", "token": str(uuid4())}),
        "casebook:work-list": Call(("overdue",)),
        "casebook:study-paper": Call(("CRS",)),
        "casebook:work": Call(("overdue",)),
        "casebook:unscheduled-add": Call((name,), body={"visit_date": today().isoformat(), "token": str(uuid4())}),
        "casebook:unscheduled-card": Call((name,)),
        "casebook:audit-review": Call(body={"note": "Looked at, nothing odd."}),
        "casebook:notices-preferences": Call(body={"kind": "query"}),
        "casebook:notice-open": Call((uuid4(),)),
        "casebook:subject": Call((name,)),
        "events:log": Call((name,)),
        "bedside:sheet": Call((name,)),
        "bedside:column": Call((name,), body=_column()),
        "bedside:live": Call((name,), body={"visit": "D3"}),
        "bedside:draft": Call((name,), body={"visit": "D3"}),
        "bedside:grade": Call((name,)),
        "bedside:episode": Call((name,)),
        "course:timeline": Call((name,)),
        "course:tumour": Call((name,)),
        "course:figure": Call((name, "timeline", "svg")),
        "course:assessment": Call((name, "D28"), body={"action": "save"}),
        "course:assessment-draft": Call((name, "D28")),
        "course:assessment-live": Call((name, "D28")),
        "course:assessment-sums": Call((name, "D28")),
        "efficacy:tab": Call(("subjects",)),
        "efficacy:figure": Call(("subjects", "swimmer", "svg")),
        "casebook:visit": Call((name, "D3"), body={"visit_date": today().isoformat()}),
        "casebook:visit-card": Call((name, "D3")),
        "casebook:visit-deviation": Call((name, "D1")),
        "casebook:read-date": Call(query={"value": "5nov26", "subject": name}),
        "casebook:find-terms": Call(query={"list": "ctcae", "value": "nausea"}),
    }


def _column() -> dict[str, str]:
    """The vital signs of one moment, as the bedside sheet sends them."""
    values = {f"VS-{item}": value for item, value in VITALS.items()}
    return values | {"VS-assessed_date": today().isoformat(), "visit": "D3", "token": str(uuid4())}


def _forms(subject: Any, form: Any) -> dict[str, Call]:
    place, version = (subject.identifier, "D3", "VS", 1), str(form.version)
    undone, given_up = (subject.identifier, "D3", "CRS", 1), (subject.identifier, "D3", "ICANS", 1)
    typed = {"token": str(uuid4()), "version": version, "action": "complete", "reason_code": "TRANSCRIPTION"}
    body = typed | {"assessed_date": today().isoformat()} | VITALS | {"heart_rate": "71"}
    return {
        "casebook:crf-open": Call(place[:3]),
        "casebook:crf-edit": Call(place, body=body),
        "casebook:crf-draft": Call(place, body=body),
        "casebook:crf-discard": Call(place, body={}),
        "casebook:crf-live": Call(place, body=body),
        "casebook:crf-presence": Call(place),
        "casebook:crf-sign": Call(place, body={"version": version, "password": PASSWORD}),
        "casebook:crf-verify": Call(place, body={"version": version}),
        "casebook:crf-history": Call(place),
        "casebook:crf-copy": Call((*place[:3], 2)),
        "casebook:crf-not-done": Call(undone, body={"version": "0", "reason": "At home", "token": str(uuid4())}),
        "casebook:crf-take-back": Call(given_up, body={"version": "1"}),
        "casebook:item-history": Call((*place, "heart_rate")),
        "casebook:item-query": Call((*place, "systolic_bp"), body={"action": "open", "text": "Is this correct?"}),
        "casebook:item-verify": Call((*place, "heart_rate"), body={"verified": "1"}),
    }


def _review(people: People, form: Any, query: Any) -> dict[str, Call]:
    """Confirmations carry the mark of what a monitor would have been shown."""
    place, item = (form.subject.identifier, form.visit, "VS", form.sequence), QueryDict("item=VS.systolic_bp")
    asked, close = Ask.read(item), plan_close(people.monitor, [query.number]).seen
    assert asked is not None
    forms = plan_verification(form.subject, [form.pk], VerificationFilter()).seen
    version = str(ItemChange.objects.filter(record=form.pk, field="heart_rate").latest("id").pk)
    said = {"text": "Please check the source.", "token": str(uuid4())}
    chosen = {"form": ".".join(str(part) for part in place)}
    return {
        "casebook:query": Call((query.number,), body={"action": "assign", "assignee": "role:investigator"}),
        "casebook:query-close": Call(
            query={"chosen": str(query.number)}, body={"chosen": str(query.number), "seen": close} | said
        ),
        "casebook:query-raise": Call(
            query={"item": "VS.systolic_bp"},
            body={"item": "VS.systolic_bp", "seen": plan_ask(people.monitor, asked).seen} | said,
        ),
        "casebook:verification-form": Call(place),
        "casebook:verification-tick": Call(place, body={"change": version, "verified": "1"}),
        "casebook:verification-confirm": Call(query=chosen, body=chosen | {"seen": forms, "token": str(uuid4())}),
    }


def _closing(people: People, subject: Any, form: Any) -> dict[str, Call]:
    with acting(people.coordinator, "test"):
        asked = UnlockRequest.objects.create(
            subject=subject, visit="D3", reason="late result", requested_at=now(), requested_by=people.coordinator
        )
    signed = {"chosen": f"VS:{form.pk}:{form.version}", "meaning": "review", "password": PASSWORD}
    return {
        "casebook:sign-off": Call((subject.identifier,), body=signed),
        "casebook:sign-receipt": Call((subject.identifier,)),
        "casebook:closing-subject": Call((subject.identifier,), body={"action": "freeze", "visit": "D3"}),
        "casebook:closing-study": Call(body={"action": "lock"}),
        "casebook:closing-decide": Call((asked.pk,), body={"decision": "refuse"}),
    }


def _dosing(trial: Trial, decision: Any, event: Any, waiting: Any) -> dict[str, Call]:
    seen = assess_subjects([event.subject_id], moment=decision.data_cutoff)[0].events[0].input_hash
    meeting = {
        "meeting-seen": decision.evidence_hash, "meeting-meeting_date": today().isoformat(),
        "meeting-attendees": "Chair", "meeting-minutes": "Discussed.", "meeting-choice": "AGREE",
    }  # fmt: skip
    password = {"sign-seen": decision.evidence_hash, "sign-password": PASSWORD}
    verdict = {"seen": seen, "verdict": "YES", "rationale": "Reviewed with the source."}
    override = {"reason": "Agreed with the sponsor.", "password": PASSWORD}
    numbers = {"p1": "0.05", "p2": "0.15", "p3": "0.30"}
    return _room(trial, decision) | {
        "dosing:characteristics": Call(query=numbers),
        "dosing:store-characteristics": Call((decision.pk,), body=numbers | {"seen": decision.evidence_hash}),
        "dosing:freeze": Call((1,)),
        "dosing:decision": Call((decision.pk,)),
        "dosing:meeting": Call((decision.pk,), body=meeting),
        "dosing:sign": Call((decision.pk,), body=password),
        "dosing:release": Call((decision.pk,), body={"release-password": PASSWORD}),
        "dosing:enrol": Call((trial.candidate().identifier,), body={"level": "1"}),
        "dosing:stagger": Call((waiting.identifier,), body=override),
        "dosing:adjudicate": Call((event.pk,), body=verdict),
    }


def _room(trial: Trial, decision: Any) -> dict[str, Call]:
    """The dose of the expansion, and the pauses: what can be asked before there is an MTD."""
    with acting(trial.people.coordinator, "test"):
        choice = Rp2dDecision.objects.create(
            revision=1, rests_on=decision, mtd_level=1, chosen_level=1, reason="Tolerated.", meeting_date=today(),
            attendees="Chair", proposed_at=now(), proposed_by=trial.people.investigator,
        )  # fmt: skip
    proposal = {
        "rp2d-level": "1", "rp2d-reason": "Tolerated by all.", "rp2d-meeting_date": today().isoformat(),
        "rp2d-attendees": "Chair",
    }  # fmt: skip
    pause = {"pause-key": "related-death:01-001", "pause-reason": "Not related, as we know now.",
             "pause-password": PASSWORD}  # fmt: skip
    return _choices(trial) | {
        "dosing:rp2d-propose": Call(body=proposal),
        "dosing:rp2d-sign": Call((choice.pk,), body={"sign-password": PASSWORD}),
        "dosing:rp2d-release": Call((choice.pk,), body={"release-password": PASSWORD}),
        "dosing:pause-resolve": Call(body=pause),
        "efficacy:tab": Call(("response",)),
        "efficacy:figure": Call(("response", "waterfall", "png")),
        "reports:decision-pack": Call((decision.pk,), body={"token": "pack"}),
    }


def _choices(trial: Trial) -> dict[str, Call]:
    """A proposed choice about an underdosed subject; places to keep and to give back."""
    waiting, kept = trial.slot(), trial.candidate()
    with acting(trial.people.coordinator, "test"):
        choice = ExplicitChoice.objects.create(
            question="OFF RANGE DOSE", key="OFF RANGE DOSE:01-001:36", because="60 %", option="COUNTS",
            reason="Viable cells.", proposed_at=now(), proposed_by=trial.people.investigator,
        )  # fmt: skip
    answer = {"choice-key": "OFF RANGE DOSE:01-001:36", "choice-option": "COUNTS", "choice-reason": "Viable cells."}
    reason = "The subject went to another hospital."
    return {
        "dosing:choice-propose": Call(body=answer | {"choice-password": PASSWORD}),
        "dosing:choice-sign": Call((choice.pk,), body={f"sign-{choice.pk}-password": PASSWORD}),
        "dosing:choice-aside": Call((choice.pk,), body={f"aside-{choice.pk}-reason": reason}),
        "dosing:reserve": Call((kept.identifier,), body={"level": "1"}),
        "dosing:give-up": Call((kept.identifier,), body={"give_up-reason": reason}),
        "dosing:release-slot": Call((waiting.identifier,), body={"release-reason": reason}),
    }


def _reports(people: People, subject: Any) -> dict[str, Call]:
    with acting(people.investigator, "test"):
        SeriousEventReport.objects.create(subject=subject, visit="LOG", sequence=1, event_number=1)
    job = request_report(by=people.monitor, idempotency_key="made")
    produce_report(str(job.pk))
    file = ReportFile.objects.get(job=job)
    waiting = request_report(by=people.monitor, idempotency_key="waiting")
    export = request_trail_export(by=people.monitor, chosen=TrailFilter(form="VS"))
    produce_report(str(export.pk))
    trail = ReportFile.objects.get(job=export)
    body = {"kind": "safety", "cutoff": today().isoformat(), "scope": "01", "token": "asked"}
    return {
        "explorer:page": Call(query={"grade": "3+"}),
        "serious:report": Call((subject.identifier, 1)),
        "reports:list": Call(body=body),
        "reports:job-progress": Call((waiting.pk,)),
        "reports:job-cancel": Call((waiting.pk,)),
        "reports:job-retry": Call((waiting.pk,)),
        "reports:casebook": Call((subject.identifier,), body={"cutoff": today().isoformat(), "token": "casebook"}),
        "reports:download": Call((file.pk,)),
        "reports:again": Call((file.pk,), body={"token": "again"}),
        "reports:trail": Call(body={"token": "trail"}),
        "reports:trail-progress": Call((export.pk,)),
        "reports:trail-download": Call((trail.pk,)),
    }


def _accounts(people: People) -> dict[str, Call]:
    end = {"end_date": today().isoformat(), "reason": "Left the site."}
    role = people.coordinator.memberships.get()
    delegated = people.sub_investigator.delegations.filter(task="medical-judgement").get()
    add = {"action": "add-user", "full_name": "New Person", "username": "newcomer", "password": "a long new password 2"}
    return {
        "accounts:sign-in": Call(body={"username": "monitor", "password": PASSWORD}),
        "accounts:resume": Call(body={"username": "monitor", "password": PASSWORD}),
        "casebook:account-password": Call(
            body={"old_password": PASSWORD, "new_password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
        ),
        "casebook:account-authenticator": Call(body={"action": "begin", "password": PASSWORD}),
        "casebook:people-remove-authenticator": Call((people.inspector.pk,), body={"reason": "Lost the phone."}),
        "casebook:people": Call(body=add),
        "casebook:training": Call(
            body={"topics": "gcp", "completed_date": today().isoformat(), "people": str(people.coordinator.pk)}
        ),
        "casebook:training-end": Call((people.coordinator.trainings.get(topic="gcp").pk,), body=end),
        "casebook:user-review": Call(body={"seen": fingerprint(present_list(now())), "note": "Checked the list."}),
        "casebook:people-unlock": Call(body={"username": "coordinator"}),
        "casebook:people-switch-off": Call((people.statistician.pk,), body=end),
        "casebook:people-end-role": Call((role.pk,), body=end),
        "casebook:people-end-delegation": Call((delegated.pk,), body=end),
    }
