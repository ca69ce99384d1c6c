"""Figures that leave the product, as vectors or pixels: a line says what they show, and the trail that they left."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from reports.figures.drawing import Picture, as_png, stamped
from trial_edc.accounts.models import user_from_request
from trial_edc.audit.signatures import note

TYPES = {"svg": "image/svg+xml", "png": "image/png"}


def figure_answer(
    request: HttpRequest, picture: Picture, *, kind: str, name: str, stamp: str, data_hash: str
) -> HttpResponse:
    """Return the file of a figure; `name` without its ending, `stamp` the line below the picture."""
    if kind not in TYPES:
        raise Http404
    file = f"{name}.{kind}"
    note(user_from_request(request), "download", f"{file} data={data_hash} marks={len(picture.marks)}")
    content = stamped(picture, stamp) if kind == "svg" else as_png(picture, stamp)
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "no-store"
    return response
