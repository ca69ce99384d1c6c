"""Random histories, entered as data, give what the pure rule gives for their tallies; order of entry never matters."""

from __future__ import annotations

import random

import pytest

from dosing.rules.three_plus_three import LevelTally
from dosing.rules.trial_state import LevelState, decide_trial_state
from dosing.selectors.freshness import BoardInputs
from dosing.selectors.levels import rule_set
from dosing.selectors.trial import advise, trial_now
from tests.dosing.builders import Trial, days_ago

#: What may become of a subject at a level -> what it adds to the tally (evaluable, DLT, pending, review).
FATES = {
    "without": (1, 0, 0, 0),
    "dlt": (1, 1, 0, 0),
    "in window": (0, 0, 1, 0),
    "review": (0, 0, 0, 1),
    "left": (0, 0, 0, 0),
    "underdosed": (0, 0, 0, 0),
    "awaiting": (0, 0, 0, 0),
    "early dlt": (1, 1, 0, 0),
}


def live(trial: Trial, fate: str) -> None:
    """Enter one subject of level 1 with its fate."""
    if fate == "awaiting":
        trial.slot()
        return
    days = 10 if fate in ("in window", "early dlt") else 60
    subject = trial.infused(days=days, percent=60 if fate == "underdosed" else 100, day28=days > 28 and fate != "left")
    if fate in ("dlt", "early dlt"):
        trial.event(subject)
    elif fate == "review":
        trial.event(subject, related="")
    elif fate == "left":
        trial.leave(subject, days_ago(50))


@pytest.mark.parametrize("seed", range(8))
def test_data_and_rule_agree(trial: Trial, seed: int) -> None:
    chance = random.Random(seed)
    fates = chance.choices(list(FATES), k=chance.randint(1, 6))
    for fate in fates:
        live(trial, fate)
    trial.answer("REPLACED")
    n, x, pending, review = (sum(FATES[fate][column] for fate in fates) for column in range(4))
    levels = [LevelState(LevelTally(n, x, pending, review)), *[LevelState(LevelTally(0, 0), opened=False)] * 2]
    expected = decide_trial_state(levels, rule_set())
    assert trial_now().advice == expected, fates
    trial.compute()
    inputs = BoardInputs.read()
    assert advise(inputs.counted, inputs.decisions) == expected, fates
