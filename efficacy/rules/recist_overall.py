"""RECIST 1.1: the overall response of one time point from its three parts.

Purpose: combine target lesions, non-target lesions and new lesions.

Inputs: the response of the targets, the response of the non-targets, whether there is a new lesion.

Algorithm
    1. An unequivocal new lesion: PD, whatever the rest. An equivocal one has no effect.
    2. Targets or non-targets PD: PD.
    3. No targets at baseline: the response of the non-targets, never SD. No lesion at all at baseline: NE.
    4. Targets CR: CR when the non-targets are CR or there are none, otherwise (also when they are not evaluable) PR.
    5. Targets PR, SD or NE: the same overall.

Source: RECIST 1.1, Eisenhauer EA et al., Eur J Cancer 2009;45:228-247, Tables 1 and 2.

>>> overall_response(Response.CR, Response.NE).value, overall_response(Response.NA, Response.CR).value
('PR', 'CR')
"""

from __future__ import annotations

from efficacy.rules.response import NewLesion, Response

__all__ = ["RULE", "VERSION", "NewLesion", "Response", "overall_because", "overall_response"]

RULE = "recist-overall"
VERSION = "1.0.0"

#: What the targets may be, and what the non-targets may be.
TARGET_RESPONSES = (Response.CR, Response.PR, Response.SD, Response.PD, Response.NE, Response.NA)
NON_TARGET_RESPONSES = (Response.CR, Response.NON_CR_NON_PD, Response.PD, Response.NE, Response.NA)


def overall_response(target: Response, non_target: Response, new_lesion: NewLesion = NewLesion.NONE) -> Response:
    """Combine the three parts by the algorithm above."""
    if new_lesion is NewLesion.UNEQUIVOCAL or Response.PD in (target, non_target):
        return Response.PD
    if target is Response.NA:
        return Response.NE if non_target is Response.NA else non_target
    if target is Response.CR:
        return Response.CR if non_target in (Response.CR, Response.NA) else Response.PR
    return target


def overall_because(target: Response, non_target: Response, new_lesion: NewLesion, overall: Response) -> str:
    """The sentence that names the three parts."""
    return f"Target {target}, non-target {non_target}, new lesion {new_lesion}: overall {overall}."
