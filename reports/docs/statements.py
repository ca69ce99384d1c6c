"""What regulators expect of records, signatures, access and dose decisions, in one line each.

The full texts are 21 CFR Part 11, FDA's questions and answers on electronic systems (October 2024), ICH E6(R3), the EMA
guideline on computerised systems (2023) and Chinese good clinical practice (2026). A test names the statement it shows
with `@pytest.mark.req("R01")`; the matrix of statements and tests is generated. P-numbers are mistakes that other
data-capture systems are known to have made, each turned into what must hold here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Area:
    """A heading of the matrix, and its statements by identifier."""

    title: str
    statements: Mapping[str, str]


AREAS: tuple[Area, ...] = (
    Area("Attributable records and audit trail", {
        "R01": "Every creation, change and deletion keeps who, when, which item, old and new value, why, by which way.",
        "R02": "The first entry of a value is in the trail, not only its changes.",
        "R03": "No change and no clearing hides an earlier value.",
        "R04": "The application cannot alter the trail; an alteration from outside is found.",
        "R05": "No way of writing passes the trail by: bulk update, SQL, task, import or migration.",
        "R06": "The trail is shown at the item, searched over the study, and exported as data.",
        "R07": "Nothing switches the trail off.",
        "R08": "A change after completion needs a reason that says something.",
        "R09": "What was first typed, which check spoke and what the person did about it are kept.",
        "R10": "The trail itself is reviewed, and the review recorded.",
        "R11": "Access to read, and every export, print and report, is recorded.",
    }),
    Area("Electronic signatures", {
        "R12": "A signature shows printed name, date and time with zone, and meaning, on screen and on paper.",
        "R13": "A signature is bound to its content and cannot be moved to another record.",
        "R14": "The first signature of a session takes two components, each later one at least one.",
        "R15": "A signature belongs to one person; names are never used again.",
        "R16": "A change of signed data by any way ends the signature, keeps it in the history and asks to sign again.",
        "R17": "Only the investigator, or whom the delegation log names, signs subject data.",
        "R18": "The investigator endorses at milestones, and an overdue endorsement is listed.",
        "R19": "A refused attempt to sign is recorded, and several within an hour alert the administrators.",
        "R20": "Documents about the legal standing of the signatures exist.",
    }),
    Area("Access and security", {
        "R21": "One account per person; sessions in parallel can be seen and ended.",
        "R22": "Five failed sign-ins lock out, without revealing names or locking the only administrator out.",
        "R23": "An idle session ends after fifteen minutes and keeps the draft.",
        "R24": "Sign-in takes a second factor.",
        "R25": "Rights follow role and site, default to refusal, and hold for every address and object.",
        "R26": "Who held which right on any past day can be printed.",
        "R27": "Training is recorded before access; whoever has none in force reads, and enters nothing.",
        "R28": "The list of users is reviewed from time to time, and the review recorded.",
        "R29": "Sponsor staff cannot change what the investigator's site entered.",
        "R30": "Subjects appear by code only, in the database and in every report.",
        "R31": "Transport is encrypted, secrets stay outside the repository, dependencies are known exactly.",
    }),
    Area("Time, sequence and calculations", {
        "R32": "The server's clock stamps every record in UTC and shows the zone.",
        "R33": "Steps come in their order: consent, eligibility, slot, release, infusion, decision.",
        "R34": "Two people in one form never overwrite each other silently.",
        "R35": "Calculations carry their version, show their rule and can be repeated from stored inputs.",
        "R36": "A computed grade never replaces a physician's; both are kept.",
    }),
    Area("Investigator's control, copies and retention", {
        "R37": "The investigator reads and copies everything of the site without the sponsor's help.",
        "R38": "A certified copy keeps content, context and metadata, and can be read without the application.",
        "R39": "Records are kept for the required years, and nothing is purged earlier.",
        "R40": "An archive can be brought back as a working system to read.",
        "R41": "Inspectors and monitors get access to read, for a limited time.",
    }),
    Area("Governance, validation and continuity", {
        "R42": "Data move with counts and hashes; an import reports row by row and takes all or nothing.",
        "R43": "Before the final analysis data are locked, and unlocking takes a reason and two people.",
        "R44": "A new version of a form keeps old values, their trail and their verification rules.",
        "R45": "Each release shows which test demonstrates which requirement.",
        "R46": "The system is documented: data flow, roles, backup, procedures.",
        "R47": "Backups are made, and a restore is rehearsed with counts, trail and signatures.",
        "R48": "Blank forms can be printed for a day without the system.",
        "R49": "Incidents are recorded and followed.",
        "R50": "A new study definition has a version, an approval and a date from which it holds.",
    }),
    Area("Safety and dose decisions", {
        "R51": "A serious event is reported at once to sponsor and ethics committee, with the times shown.",
        "R52": "A dose decision records data, cut-off, people, result, rationale and signatures before the next level.",
        "R53": "Nobody without delegation makes a dose decision.",
        "R54": "The evidence of a decision can be rebuilt for its cut-off with the same hash.",
        "R55": "Missing Day-28 forms and unjudged events block a decision unless a recorded reason overrides.",
        "R56": "A DLT found or regraded after a decision supersedes it at once.",
        "R57": "Lot, storage and accountability of the product are recorded, with a check by two people.",
        "R58": "Consent has its version, date, time and person, and no procedure precedes it.",
        "R59": "Withdrawn consent ends collection, except the safety follow-up that remains permitted.",
        "R60": "Every infused subject is handed over to long-term follow-up.",
        "R61": "The investigator acknowledges each safety document.",
        "R62": "Medical judgements are made only by physicians named in the delegation log.",
        "R63": "A fatal event keeps a place for the final medical report.",
        "R64": "Where the data are kept is known, and an export across a border is checked.",
    }),
    Area("Pitfalls known from other systems", {
        "P01": "Zero, no and nothing entered stay three different values.",
        "P02": "A double click or two posts at once make one record.",
        "P03": "A form that was merely started is not counted as complete.",
        "P04": "What is kept while typing completes no form and no visit.",
        "P05": "An unscheduled visit appears at its own subject alone.",
        "P06": "No query loses the item it asks about.",
        "P07": "Verification and signature end with a change by any way of writing.",
        "P08": "A status or count is never older than the data.",
        "P09": "A report whose worker died says so and can be tried again.",
        "P10": "An expired session keeps nobody else out of a form.",
        "P11": "No visit is moved by a public holiday.",
        "P12": "The DLT window ends with the last second of Day 28.",
        "P13": "Days are those of the trial's time zone, also at an hour at which UTC has another date.",
        "P22": "A subject who was given less than the dose of the level is not counted at it without a decision.",
        "P26": "No downloaded cell runs as a formula.",
        "P28": "Nothing is deleted along with something else.",
        "P29": "A task runs after the commit, and twice has the effect of once.",
        "P31": "Every counter is the length of its list.",
        "P33": "Whether a subject who died of the disease within the window counts is chosen, never guessed.",
        "P35": "The trail keeps the name a person had, whatever becomes of the account.",
    }),
)  # fmt: skip

STATEMENTS: Mapping[str, str] = {key: words for area in AREAS for key, words in area.statements.items()}
