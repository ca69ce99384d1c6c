"""A good case for operating characteristics and for every design of the bench."""

from __future__ import annotations

from typing import Any

CHARACTERISTICS = {"true_dlt_prob": ["0.05", "0.15", "0.30"], "observed": None}
BOIN_TABLE = {"target": "0.3", "n_max": 6}
BOIN_MTD = {"target": 0.3, "n": [3, 3, 15, 9, 0], "y": [0, 0, 4, 4, 0]}
TWO_OF_SIX = {"n": 6, "y": 2}
CRM = {
    "skeleton": ["0.10", "0.20", "0.30"],
    "target": "0.30",
    "prior_var": "1.34",
    "levels": [1, 1, 1],
    "tox": [0, 0, 0],
}
#: The protocol's list: treated subjects -> events that pause the expansion.
PAUSE = {
    3: 3, 4: 3, 5: 4, 6: 4, 7: 4, 8: 5, 9: 5, 10: 6, 11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 9, 18: 9, 19: 9,
    20: 10, 21: 10,
}  # fmt: skip
GOOD_DESIGNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "operating-characteristics": (CHARACTERISTICS, {"n_paths": 112}),
    "boin-boundaries": (
        BOIN_TABLE,
        {
            "rows": [
                {"n": n, "escalate_if_dlt_le": e, "deescalate_if_dlt_ge": d, "eliminate_if_dlt_ge": out}
                for n, e, d, out in [
                    (1, 0, 1, None), (2, 0, 1, None), (3, 0, 2, 3), (4, 0, 2, 3), (5, 1, 2, 4), (6, 1, 3, 4),
                ]
            ]
        },
    ),
    "boin-mtd": (BOIN_MTD, {"mtd": 3}),
    "mtpi2": (TWO_OF_SIX, {"decision": "S"}),
    "crm": (CRM, {"mtd": 3, "mtd_no_skip": 2}),
    "expansion-boundary": ({"n_max": 21}, {"boundary": {str(n): events for n, events in PAUSE.items()}}),
}  # fmt: skip
