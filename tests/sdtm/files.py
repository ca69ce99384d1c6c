"""Write a small invented study as SDTM files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

Row = dict[str, str]
SUBJECT = {
    "STUDYID": "INVENTED", "DOMAIN": "DM", "SITEID": "901", "BRTHDTC": "1960-04-01", "AGE": "61.0", "AGEU": "YEARS",
    "SEX": "F", "RFXSTDTC": "2021-03-01", "RFICDTC": "", "DTHDTC": "", "DTHFL": "", "ARMCD": "LOW", "ACTARMCD": "LOW",
}  # fmt: skip
EXPOSURE = {"STUDYID": "INVENTED", "DOMAIN": "EX", "EXSEQ": "1.0", "EXDOSE": "5.0", "EXSTDTC": "2021-03-01"}
EVENT = {
    "STUDYID": "INVENTED", "DOMAIN": "AE", "AESEQ": "1.0", "AETERM": "RUNNY NOSE", "AEDECOD": "RHINORRHOEA",
    "AESOC": "RESPIRATORY, THORACIC AND MEDIASTINAL DISORDERS", "AESEV": "MILD", "AESER": "N", "AEREL": "REMOTE",
    "AEOUT": "RECOVERED/RESOLVED", "AESTDTC": "2021-03-05", "AEENDTC": "2021-03-09", "AESDTH": "N", "AESLIFE": "N",
    "AESHOSP": "N", "AESDISAB": "N", "AESCONG": "N",
}  # fmt: skip
END = {
    "STUDYID": "INVENTED", "DOMAIN": "DS", "DSSEQ": "2", "DSTERM": "PROTOCOL COMPLETED", "DSDECOD": "COMPLETED",
    "DSCAT": "DISPOSITION EVENT", "DSSTDTC": "2021-06-01",
}  # fmt: skip


def subject(name: str, **values: str) -> Row:
    return SUBJECT | {"USUBJID": name} | values


def exposure(name: str, **values: str) -> Row:
    return EXPOSURE | {"USUBJID": name} | values


def event(name: str, **values: str) -> Row:
    return EVENT | {"USUBJID": name} | values


def end(name: str, **values: str) -> Row:
    return END | {"USUBJID": name} | values


def write(folder: Path, **domains: list[Row]) -> Path:
    """Write each domain; one without rows gets the header of its template."""
    folder.mkdir(exist_ok=True)
    templates: dict[str, Any] = {"dm": subject(""), "ex": exposure(""), "ae": event(""), "ds": end("")}
    for domain, template in templates.items():
        with (folder / f"{domain}.csv").open("w", newline="", encoding="utf-8") as file:
            rows = domains.get(domain, [])
            names = list(dict.fromkeys([*template, *(name for row in rows for name in row)]))
            lines = csv.DictWriter(file, names, restval="")
            lines.writeheader()
            lines.writerows(rows)
    return folder


def small_study(folder: Path) -> Path:
    """Three treated subjects on three arms and a screen failure, at two sites."""
    return write(
        folder,
        dm=[
            subject("01-901-001"),
            subject("01-901-002", ACTARMCD="HIGH", ARMCD="HIGH", SEX="M"),
            subject("01-902-003", SITEID="902", ACTARMCD="ZERO", ARMCD="ZERO"),
            subject("01-902-004", SITEID="902", ACTARMCD="Scrnfail", ARMCD="Scrnfail", RFXSTDTC=""),
        ],
        ex=[
            exposure("01-901-001"),
            exposure("01-901-002", EXDOSE="5.0"),
            exposure("01-901-002", EXSEQ="2.0", EXDOSE="10.0", EXSTDTC="2021-03-15"),
            exposure("01-902-003", EXDOSE="0.0"),
        ],
        ae=[
            event("01-901-001"),
            event("01-901-001", AESEQ="2.0", AEDECOD="Nausea", AESOC="GASTROINTESTINAL DISORDERS"),
        ],
        ds=[
            end("01-901-001"),
            end("01-901-001", DSSEQ="1", DSDECOD="RANDOMIZED", DSTERM="RANDOMIZED", DSCAT="PROTOCOL MILESTONE"),
            end("01-901-002", DSDECOD="LACK OF EFFICACY", DSTERM="NO EFFECT"),
            end("01-902-004", DSDECOD="SCREEN FAILURE", DSTERM="SCREEN FAILURE"),
        ],
    )
