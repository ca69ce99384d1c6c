"""What a visit is called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from trial_edc.protocol.visits.model import Visit
from trial_edc.protocol.visits.unscheduled import number_of


def visit_label(visit: Visit) -> str:
    """Return the label of a visit as people read it; a further unscheduled visit carries its number."""
    number = number_of(visit.code)
    if number is None or number == 1:
        return _(visit.label)
    return _("Unscheduled visit %(number)s") % {"number": number}
