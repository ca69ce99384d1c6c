"""Whether the computed response of an assessment may be seen: the investigator judges first, unswayed by it.

While the protocol's parameter asks for that, a computed response that nobody has judged is kept back from everybody and
everywhere: panels, tables, figures, reports, stored results and with them the trail. No role is told earlier, because a
page is shown over a shoulder and a file is passed on. What is kept back counts in no table either, so that the computed
responses are compared with the investigator's on the same assessments.
"""

from __future__ import annotations

from typing import Any

from efficacy.filed import others
from efficacy.selectors.history import Judgement, judgement_of
from trial_edc.protocol.parameters import boolean


def is_open(judgement: Judgement | None) -> bool:
    """Test whether the computed responses beside this judgement may be shown: it is made, by both criteria."""
    if not boolean("response.reveal_after_judgement"):
        return True
    return judgement is not None and bool(judgement.overall and judgement.immune)


def is_revealed(record: Any) -> bool:
    """Test the same for the visit of a form: what counts is the judgement that is saved, not one that is typed."""
    saved = others(record, "RESP").at(record.visit)
    return is_open(None if saved is None else judgement_of(saved))
