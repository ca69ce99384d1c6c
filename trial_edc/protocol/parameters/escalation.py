"""Parameters of dose escalation, evaluability and expansion, and of the designs shown beside the protocol's rule."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from trial_edc.protocol.parameters.model import SISTER, Section, assumed, settled

_escalation = partial(settled, Section.ESCALATION)
_escalation_assumed = partial(assumed, Section.ESCALATION)
_evaluability = partial(assumed, Section.EVALUABILITY)
_expansion = partial(assumed, Section.EXPANSION)
_advisory = partial(assumed, Section.ADVISORY)

BOIN_PAPER = "Assumption: the default of Liu and Yuan, J R Stat Soc C 2015 (64:507)"

ESCALATION = (
    _evaluability("evaluability.dose_tolerance", Decimal("0.20"), "",
                  "Infused over assigned dose may differ by this share, both ends included (0.8 to 1.2)."),
    _evaluability("evaluability.dlt_always_counts", True, "", "A DLT counts also after under-dosing or an early end."),
    _evaluability("evaluability.day28_assessment_required", True, "",
                  "Without DLT the Day-28 assessment must be done."),
    _escalation_assumed("escalation.rule_set", "protocol", "", "Rule set in force (alternative: classical)."),
    _escalation("escalation.cohort_size", 3, "subjects", "Size of a cohort."),
    _escalation("escalation.maximum_per_level", 6, "subjects", "Evaluable subjects per level in escalation."),
    _escalation_assumed("escalation.expand_on_dlts_in_cohort", 1, "DLT", "DLTs among the first 3 that expand to 6."),
    _escalation_assumed("escalation.escalate_max_dlts_of_6", 1, "DLT",
                        "Escalation allows at most this many DLTs in 6."),
    _escalation("escalation.mtd_max_dlts_of_6", 2, "DLT", "The MTD allows at most this many DLTs among 6."),
    _escalation_assumed("escalation.classical_mtd_max_dlts_of_6", 1, "DLT", "The same in the classical rule set."),
    _escalation("escalation.six_at_mtd", True, "", "The MTD is declared on 6 subjects."),
    _escalation_assumed("escalation.fill_top_level", True, "",
                        "The top level is filled to 6 before it can be the MTD."),
    _escalation_assumed("escalation.fill_level_below", True, "",
                        "Coming down, the level below is filled to 6.", SISTER),
    _escalation_assumed("escalation.stop_at_dlts_in_cohort", 2, "DLT",
                        "DLTs among the first 3 that make a level too toxic; the level below is then the MTD.", SISTER),
    _escalation_assumed("escalation.start_level", 1, "", "Dose level of the first subject."),
    _escalation("escalation.minimum_subjects", 12, "subjects", "Fewer gives a warning, never a block."),
    _escalation_assumed("escalation.stagger_first_to_second_days", 28, "days",
                        "From the first to the second infusion at a level; earlier needs a signed reason.", SISTER),
    _escalation_assumed("escalation.stagger_subsequent_days", 0, "days", "Between later infusions at a level.", SISTER),
    _escalation_assumed("escalation.signatures_per_decision", 2, "", "Signatures before a decision can be released."),
    _escalation_assumed("escalation.signature_order", ("physician", "committee"), "",
                        "Who signs a decision, first to last: a delegated physician, a member of the committee."),
    _escalation_assumed("escalation.reservation_days", 28, "days",
                        "How long a slot is kept for a subject in screening."),
    _expansion("expansion.maximum_treated", 21, "subjects", "Treated in expansion; more needs a signed override.",
               "Registry record NCT05947487; that treated subjects count is an assumption"),
    _expansion("expansion.boundary_p0", "1/3", "", "Pause when the DLT probability is likely above this."),
    _expansion("expansion.boundary_cutoff", Decimal("0.90"), "", "Posterior probability at which to pause."),
    _expansion("expansion.boundary_prior", (1, 1), "", "Beta prior of the DLT probability."),
    _expansion("expansion.boundary_first", 3, "subjects", "Treated subjects from which the boundary is watched."),
    _advisory("advisory.interval_level", Decimal("0.95"), "", "Coverage of the intervals shown beside estimates."),
    _advisory("boin.target", Decimal("0.30"), "", "BOIN target DLT probability."),
    _advisory("boin.low_share", Decimal("0.6"), "", "BOIN: this share of the target counts as too low.", BOIN_PAPER),
    _advisory("boin.toxic_share", Decimal("1.4"), "", "BOIN: this share of the target counts as too toxic.",
              BOIN_PAPER),
    _advisory("boin.elimination_cutoff", Decimal("0.95"), "",
              "BOIN eliminates a dose above this posterior probability."),
    _advisory("boin.elimination_minimum", 3, "subjects", "BOIN eliminates a dose from this many subjects."),
    _advisory("mtpi2.target", Decimal("0.30"), "", "mTPI-2 target DLT probability."),
    _advisory("mtpi2.equivalence_interval", (Decimal("0.25"), Decimal("0.35")), "", "mTPI-2 equivalence interval."),
    _advisory("mtpi2.xi", Decimal("0.95"), "", "mTPI-2 exclusion probability."),
    _advisory("crm.prior_variance", Decimal("1.34"), "", "Variance of the normal prior of the empiric CRM."),
    _advisory("crm.target", Decimal("0.30"), "", "CRM target DLT probability."),
    _advisory("crm.skeleton", (Decimal("0.10"), Decimal("0.20"), Decimal("0.30")), "", "CRM skeleton."),
    _advisory("crm.skeleton_indifference", (Decimal("0.186039"), Decimal("0.30"), Decimal("0.422356")), "",
              "CRM skeleton from indifference intervals of half-width 0.06 around 0.30, prior MTD level 2."),
)  # fmt: skip
