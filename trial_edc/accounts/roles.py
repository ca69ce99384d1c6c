"""Roles as lists of permissions. What a role may do is read here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do; checked with the site it concerns."""

    VIEW_SUBJECTS = "view-subjects"
    ENTER_DATA = "enter-data"
    ENROL = "enrol"
    RAISE_QUERY = "raise-query"
    ANSWER_QUERY = "answer-query"
    CLOSE_QUERY = "close-query"
    VERIFY_SOURCE = "verify-source"
    JUDGE = "judge"  # grade, attribute, adjudicate: delegated physicians
    SIGN_DATA = "sign-data"
    CLOSE_DATA = "close-data"  # freeze, lock and reopen
    VIEW_BOARD = "view-board"
    PREPARE_DECISION = "prepare-decision"
    SIGN_DECISION = "sign-decision"
    RELEASE_DECISION = "release-decision"
    VIEW_DESIGNS = "view-designs"  # operating characteristics, other designs, what-if
    STORE_CHARACTERISTICS = "store-characteristics"  # with the minutes of a decision
    KEEP_DELEGATION = "keep-delegation"  # the site's delegation log
    MAKE_REPORT = "make-report"
    VIEW_AUDIT = "view-audit"
    REVIEW_AUDIT = "review-audit"  # note that a range of the trail was reviewed
    VIEW_STUDY = "view-study"
    USE_BENCH = "use-bench"
    MANAGE_RANGES = "manage-ranges"  # normal ranges of the sites' laboratories
    MANAGE_USERS = "manage-users"
    REVIEW_USERS = "review-users"  # confirm from time to time that the list of users is right


class Task(StrEnum):
    """What the principal investigator delegates to a named person, with dates."""

    MEDICAL_JUDGEMENT = "medical-judgement"
    DOSE_DECISION = "dose-decision"
    SIGN_CASEBOOK = "sign-casebook"


P = Permission
READING = (P.VIEW_SUBJECTS, P.VIEW_BOARD, P.VIEW_STUDY)

#: What touches the data of the study: whoever lacks a training in force may read, and nothing of this.
NEEDS_TRAINING = frozenset(
    {
        P.ENTER_DATA, P.ENROL, P.RAISE_QUERY, P.ANSWER_QUERY, P.CLOSE_QUERY, P.VERIFY_SOURCE, P.JUDGE, P.SIGN_DATA,
        P.CLOSE_DATA, P.PREPARE_DECISION, P.SIGN_DECISION, P.RELEASE_DECISION,
        P.STORE_CHARACTERISTICS, P.MANAGE_RANGES,
    }
)  # fmt: skip


@dataclass(frozen=True)
class Role:
    """A role: what it is called, what it is for, what it may do."""

    code: str
    title: str
    description: str
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def needs_training(self) -> bool:
        return bool(self.permissions & NEEDS_TRAINING)


def _role(code: str, title: str, description: str, *permissions: Permission) -> Role:
    return Role(code, title, description, frozenset(permissions))


_PHYSICIAN = (
    *READING, P.ENTER_DATA, P.ENROL, P.ANSWER_QUERY, P.JUDGE, P.SIGN_DATA,
    P.PREPARE_DECISION, P.SIGN_DECISION, P.VIEW_DESIGNS, P.STORE_CHARACTERISTICS, P.MAKE_REPORT, P.VIEW_AUDIT,
    P.USE_BENCH,
)  # fmt: skip

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "coordinator", "Site coordinator",
            "Enters and corrects case report forms of the site, enrols subjects, answers queries. "
            "Never grades, attributes or signs.",
            *READING, P.ENTER_DATA, P.ENROL, P.ANSWER_QUERY,
        ),
        _role(
            "investigator", "Investigator",
            "Principal investigator: everything a sub-investigator does, releases dose decisions and keeps the "
            "delegation log.",
            *_PHYSICIAN, P.RELEASE_DECISION, P.KEEP_DELEGATION, P.REVIEW_AUDIT,
        ),
        _role(
            "sub-investigator", "Sub-investigator",
            "Delegated physician: grades, attributes, adjudicates and signs what the delegation log names.",
            *_PHYSICIAN,
        ),
        _role(
            "monitor", "Monitor",
            "Reads everything of the site, verifies against source, raises and closes queries, makes reports. "
            "Never changes data.",
            *READING, P.RAISE_QUERY, P.CLOSE_QUERY, P.VERIFY_SOURCE, P.VIEW_DESIGNS, P.MAKE_REPORT, P.VIEW_AUDIT,
            P.REVIEW_AUDIT,
        ),
        _role(
            "data-manager", "Data manager",
            "Reads everything, raises and closes queries, freezes and locks, makes reports, keeps the normal ranges of "
            "the laboratories, reviews the list of users. Never changes data entered by the site.",
            *READING, P.RAISE_QUERY, P.CLOSE_QUERY, P.CLOSE_DATA, P.MAKE_REPORT, P.VIEW_AUDIT, P.REVIEW_AUDIT,
            P.USE_BENCH,
            P.MANAGE_RANGES, P.REVIEW_USERS,
        ),
        _role(
            "statistician", "Statistician",
            "Reads the data and the dose board, works out operating characteristics and stores them with the minutes, "
            "runs rules on cases of their own, makes reports.",
            *READING, P.VIEW_DESIGNS, P.STORE_CHARACTERISTICS, P.MAKE_REPORT, P.USE_BENCH,
        ),
        _role(
            "src-member", "Safety review committee member",
            "Reads the evidence of a dose decision and signs the decision.",
            *READING, P.SIGN_DECISION, P.VIEW_DESIGNS, P.MAKE_REPORT, P.USE_BENCH,
        ),
        _role("cell-processing", "Cell-processing staff", "Reads subjects and slots to plan products.", *READING),
        _role(
            "administrator", "Administrator",
            "Manages accounts and reads the trail. Sees no case report form and signs nothing.",
            P.MANAGE_USERS, P.REVIEW_USERS, P.VIEW_AUDIT, P.REVIEW_AUDIT, P.VIEW_STUDY,
        ),
        _role(
            "inspector", "Inspector",
            "Reads everything, for a limited time, and makes reports. Changes nothing.",
            *READING, P.VIEW_DESIGNS, P.VIEW_AUDIT, P.MAKE_REPORT, P.USE_BENCH,
        ),
    )
}  # fmt: skip
ROLE_CHOICES = [(role.code, role.title) for role in ROLES.values()]
TASK_CHOICES = [
    (Task.MEDICAL_JUDGEMENT, "Grading, causality and adjudication"),
    (Task.DOSE_DECISION, "Dose-escalation decisions"),
    (Task.SIGN_CASEBOOK, "Signature of case report forms"),
]
