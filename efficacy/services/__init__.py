from efficacy.services.guards import guard_biopsy, guard_response, guard_sample, guard_tumour_form
from efficacy.services.responses import computed_once, follow_tumour_form

__all__ = ["computed_once", "follow_tumour_form", "guard_biopsy", "guard_response", "guard_sample", "guard_tumour_form"]
