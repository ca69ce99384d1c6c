"""iRECIST: what opens, confirms and erases an unconfirmed progression."""

from __future__ import annotations

import pytest

from efficacy.rules.irecist_sequence import IrecistConfig, IrecistResult, assess_irecist
from efficacy.rules.observations import Contradiction, TimePoint
from efficacy.rules.response import Persistence, Reappearance, RecistConfig
from tests.rules.response_cases import baseline, day, findings
from tests.rules.tables import rows

NAMES = {"NON": "NON-iCR/NON-iUPD", "-": "None"}


def course(targets: str, points: str, non_targets: int = 0, config: IrecistConfig | None = None) -> IrecistResult:
    """Assess time points written `day: targets/non-targets/new lesions`; without day they are 28 days apart.

    `!` before the targets: the scan was made for a new symptom.
    """
    seen = []
    for number, text in enumerate(points.split(";"), start=1):
        at, _, rest = text.strip().rpartition(":")
        body = rest.strip()
        found = None if body == "not done" else findings(*body.removeprefix("!").split("/"))
        seen.append(TimePoint(day(int(at) if at else 28 * number), found, new_symptom=body.startswith("!")))
    return assess_irecist(baseline(targets, non_targets), seen, config or IrecistConfig())


def words(result: IrecistResult) -> list[str]:
    """The responses, `None` where nothing was derived."""
    return [str(point.response) for point in result.points]


def check(row: dict[str, str], result: IrecistResult) -> None:
    """Compare a course with its row."""
    assert words(result) == [NAMES.get(text, text) for text in row["responses"].split()], result.because
    confirmed = "iCPD" in row["responses"]
    since = day(28 * int(row["iUPD"])) if row["iUPD"] != "-" else None
    assert result.confirmed_progression == confirmed
    assert (result.progression_date if confirmed else result.pending_since) == since
    assert (result.pending_since if confirmed else result.progression_date) is None


# X: how many non-targets; iUPD: which time point opened the block that is confirmed or still open
NO_BLOCK = rows("""
course                      | targets | X | points                        | responses   | iUPD
RECIST with an i            | 100     | 1 | 70/pres; gone/pres; gone/abs  | iPR iPR iCR | -
stable                      | 100     | 0 | 90                            | iSD         | -
no targets                  |         | 1 | /pres; /abs                   | NON iCR     | -
not evaluable               | 100     | 0 | -; not done                   | NE NE       | -
targets                     | 100     | 0 | 120                           | iUPD        | 1
targets, from nadir         | 100     | 0 | 50; 60                        | iPR iUPD    | 2
targets, from a part        | 100 20  | 0 | 144 -                         | iUPD        | 1
non-target                  | 100     | 1 | 70/une                        | iUPD        | 1
new lesion                  | 100     | 0 | 70//N=new                     | iUPD        | 1
new measured lesion         | 100     | 0 | 70//N=12                      | iUPD        | 1
new lesion, targets unknown | 100     | 0 | -//N=new                      | iUPD        | 1
equivocal lesion            | 100     | 0 | 70//N=doubt; 70//N=12?        | iPR iPR     | -
equivocal, then certain     | 100     | 0 | 70//N=doubt; 70//N=new        | iPR iUPD    | 2
a lesion never there        | 100     | 0 | 70//N=absent M=gone; 70//N=ne | iPR iPR     | -
back after iCR              | 20      | 0 | gone; 3                       | iCR iUPD    | 2
non-target back after iCR   | 20      | 1 | gone/abs; gone/pres           | iCR iUPD    | 2
node still normal after iCR | 15n     | 0 | 8; 9.9                        | iCR iCR     | -
""")
CONFIRMED = rows("""
course                             | targets | X | points                        | responses      | iUPD
5 mm more                          | 100     | 0 | 120; 125                      | iUPD iCPD      | 1
less than 5 mm more                | 100     | 0 | 120; 124.9                    | iUPD iUPD      | 1
+4 and then +2                     | 100     | 0 | 120; 124; 126                 | iUPD iUPD iCPD | 1
5 mm over the block, not the last  | 100     | 0 | 125; 121; 126; 130            | iUPD iUPD iUPD iCPD | 1
from a part, which shrinks no more | 100 20  | 0 | 140 10; 145 -                 | iUPD iUPD      | 1
from a part that is enough         | 100 20  | 0 | 140 20; 165 -                 | iUPD iCPD      | 1
a target unknown in the block      | 30 30   | 0 | 80 -; 80 30                   | iUPD iUPD      | 1
non-target, any increase           | 100     | 1 | 90/une; 90/inc                | iUPD iCPD      | 1
non-target, unequivocal again      | 100     | 1 | 90/une; 90/une                | iUPD iUPD      | 1
non-target, unchanged              | 100     | 1 | 90/une; 90/une=               | iUPD iUPD      | 1
non-target, further increase       | 100     | 1 | 90/une; 90/une+inc            | iUPD iCPD      | 1
another non-target                 | 100     | 2 | 90/une pres; 90/une= une      | iUPD iCPD      | 1
non-target increase, not the block | 100     | 1 | 120/pres; 120/inc             | iUPD iUPD      | 1
additional new lesion              | 100     | 0 | 90//N=new; 90//N=stable M=new | iUPD iCPD      | 1
non-target new lesion grows        | 100     | 0 | 90//N=new; 90//N=increased    | iUPD iCPD      | 1
growth although targets are in PR  | 100     | 0 | 90//N=new; 60//N=increased    | iUPD iCPD      | 1
measured new lesion +5 mm          | 100     | 0 | 90//N=12; 60//N=17            | iUPD iCPD      | 1
measured new lesion +4.9 mm        | 100     | 0 | 90//N=12; 90//N=16.9          | iUPD iUPD      | 1
measured new lesions together      | 100     | 0 | 90//N=12 M=11; 90//N=15 M=13  | iUPD iCPD      | 1
growth seen although targets are not | 100     | 0 | 90//N=12; -//N=17             | iUPD iCPD      | 1
targets, then a new lesion         | 100     | 0 | 120; 120//N=new               | iUPD iCPD      | 1
targets, then a non-target         | 100     | 1 | 120/pres; 120/une             | iUPD iCPD      | 1
new lesion, then targets           | 100     | 0 | 90//N=new; 120//N=stable      | iUPD iCPD      | 1
non-target, then targets           | 100     | 1 | 100/une; 120/une              | iUPD iCPD      | 1
not evaluable between              | 100     | 0 | 120; -; 125                   | iUPD NE iCPD   | 1
not done between                   | 100     | 0 | 120; not done; 125            | iUPD NE iCPD   | 1
nothing after iCPD                 | 100     | 0 | 120; 125; 60; not done        | iUPD iCPD - -  | 1
new lesion, targets grow, no PD    | 100     | 0 | 100//N=new; 106//N=stable     | iUPD iUPD      | 1
after iCR                          | 20      | 0 | gone; 3; 4; 8                 | iCR iUPD iUPD iCPD | 2
""")
ERASED = rows("""
course                             | targets | X | points                               | responses      | iUPD
targets shrink                     | 100     | 0 | 120; 119                             | iUPD iSD       | -
targets still over the limit       | 100     | 0 | 125; 120                             | iUPD iUPD      | 1
targets shrink to PR               | 100     | 0 | 120; 70                              | iUPD iPR       | -
targets vanish                     | 100     | 0 | 120; gone                            | iUPD iCR       | -
then again, over the nadir         | 100     | 0 | 120; 119; 120; 125                   | iUPD iSD iUPD iCPD | 3
the nadir moves while pending      | 100     | 0 | 90//N=new; 60//N=stable; 72//N=stable | iUPD iPR iUPD  | 3
non-target no longer               | 100     | 1 | 90/une; 90/pres                      | iUPD iSD       | -
non-target present and unchanged   | 100     | 1 | 90/une; 90/same; 90/same; 90/dec     | iUPD iUPD iUPD iSD | -
unchanged, while targets shrink    | 100     | 1 | 90/une; 60/same                      | iUPD iUPD      | 1
unchanged, then a further increase | 100     | 1 | 90/une; 90/same; 90/inc              | iUPD iUPD iCPD | 1
unchanged since it was smaller     | 100     | 1 | 120/une; 120/dec; 100/same           | iUPD iUPD iSD  | -
unchanged, another one smaller     | 100     | 2 | 90/une une; 90/dec same; 90/same dec | iUPD iUPD iSD  | -
unchanged since not evaluable      | 100     | 1 | 90/une; 90/-; 90/same                | iUPD NE iUPD   | 1
unchanged but never progressed     | 100     | 1 | 120/pres; 100/same                   | iUPD iSD       | -
non-target smaller, still so       | 100     | 1 | 90/une; 80/une                       | iUPD iUPD      | 1
non-target unknown                 | 100     | 1 | 90/une; 90/-; 90/inc                 | iUPD NE iCPD   | 1
non-target unknown, not the block  | 100     | 1 | 120/pres; 100/-                      | iUPD iSD       | -
new lesion, no change              | 100     | 0 | 90//N=new; 90//N=stable              | iUPD iUPD      | 1
new lesion smaller, no change      | 100     | 0 | 90//N=12; 85//N=8                    | iUPD iUPD      | 1
new lesion gone                    | 100     | 0 | 90//N=new; 90//N=absent              | iUPD iSD       | -
measured new lesion gone           | 100     | 0 | 90//N=12; 90//N=gone                 | iUPD iSD       | -
one of two new lesions gone        | 100     | 0 | 90//N=new M=12; 90//N=stable M=gone  | iUPD iUPD      | 1
new lesion not listed              | 100     | 0 | 90//N=new; 60                        | iUPD NE        | 1
new lesion not evaluable           | 100     | 0 | 90//N=12; 60//N=ne; 60//N=17         | iUPD NE iCPD   | 1
such a visit feeds the nadir       | 100     | 0 | 90//N=new; 50; 60//N=stable          | iUPD NE iCPD   | 1
measured one called stable         | 100     | 0 | 90//N=12; 90//N=~stable; 60//N=~stable | iUPD iUPD iPR  | -
measured one, growth without size  | 100     | 0 | 90//N=12; 60//N=~increased           | iUPD NE        | 1
new lesion without its size        | 100     | 0 | 90//N=~new; 90//N=~stable            | iUPD iUPD      | 1
B: new lesion, then PR             | 100     | 0 | 100//N=new; 60//N=stable             | iUPD iPR       | -
F: PR, new lesion, no change       | 100     | 0 | 60; 60//N=new; 60//N=stable          | iPR iUPD iUPD  | 2
F, then better                     | 100     | 0 | 60; 60//N=new; gone//N=stable        | iPR iUPD iPR   | -
F, then growth                     | 100     | 0 | 60; 60//N=new; 60//N=stable; 60//N=increased | iPR iUPD iUPD iCPD | 2
targets and new lesion, targets resolved | 100     | 0 | 120//N=new; 100//N=stable            | iUPD iSD       | -
targets resolved, non-target not   | 100     | 1 | 120/une; 100/une                     | iUPD iUPD      | 1
targets unknown at the new lesion  | 100     | 0 | 60; -//N=new; 60//N=stable; gone//N=stable | iPR iUPD iUPD iPR | -
targets unknown for two scans      | 100     | 0 | 60; -; -//N=new; 60//N=stable        | iPR NE iUPD iUPD | 3
complete but for a new lesion      | 20      | 0 | 20//N=new; gone//N=stable; gone//N=absent | iUPD iPR iCR   | -
no targets but for a new lesion    |         | 1 | /pres/N=new; /abs/N=stable           | iUPD NON       | -
iSD and NON are one rank           | 100     | 1 | 100/pres/N=new; 100/abs/N=stable     | iUPD iUPD      | 1
NON is no better than unknown      |         | 1 | /-/N=new; /pres/N=stable             | iUPD iUPD      | 1
NON is better than progression     |         | 1 | /une/N=new; /pres/N=stable           | iUPD NON       | -
""")
AFTER_RESET = rows("""
course                      | targets | X | points                               | responses      | iUPD
the old lesion grows 5 mm   | 100     | 0 | 90//N=30; 60//N=30; 60//N=35.9       | iUPD iPR iPR   | -
the old lesion grows 20 %   | 100     | 0 | 90//N=30; 60//N=30; 60//N=36         | iUPD iPR iUPD  | 3
20 % but not 5 mm           | 100     | 0 | 90//N=12; 60//N=12; 60//N=16.9       | iUPD iPR iPR   | -
over its own nadir          | 100     | 0 | 90//N=30; 60//N=20; 60//N=25; 60//N=30 | iUPD iPR iUPD iCPD | 3
its growth resolved         | 100     | 0 | 90//N=20; 60//N=20; 60//N=25; 60//N=23 | iUPD iPR iUPD iPR | -
a further new lesion        | 100     | 0 | 90//N=new; 60//N=stable; 60//N=stable M=new | iUPD iPR iUPD  | 3
non-target one increases    | 100     | 0 | 90//N=new; 60//N=stable; 60//N=increased | iUPD iPR iPR   | -
non-target one, unequivocal | 100     | 0 | 90//N=new; 60//N=stable; 60//N=pd; 60//N=stable | iUPD iPR iUPD iUPD | 3
non-target one again        | 100     | 0 | 90//N=new; 60//N=stable; 60//N=pd; 60//N=increased | iUPD iPR iUPD iCPD | 3
joining is not growth       | 100     | 0 | 90//N=12; 60//N=12; 60//N=12 M=20; gone//N=12 M=20 | iUPD iPR iUPD iPR | -
a part of their sum is no nadir    | 100     | 0 | 90//N=30 M=30; 60//N=30 M=ne; 60//N=32 M=32 | iUPD NE iPR | -
targets hold it, a lesion unknown  | 100     | 0 | 90//N=new; 60//N=stable; 72//N=stable; 72 | iUPD iPR iUPD iUPD | 3
it goes and is not listed   | 100     | 0 | 90//N=12 M=new; 60//N=gone M=absent; 60 | iUPD iPR iPR   | -
it comes back               | 100     | 0 | 90//M=new; 60//M=absent; 60//M=doubt; 60//M=stable | iUPD iPR iPR iUPD | 4
a measured one comes back   | 100     | 0 | 90//N=12; 60//N=gone; 60//N=4.9; 60//N=5 | iUPD iPR iPR iUPD | 4
back after iCR              | 20      | 0 | 20//N=12; gone//N=gone; gone//N=3    | iUPD iCR iUPD  | 3
non-target one, doubtful    | 100     | 0 | 90//N=new; 60//N=doubt               | iUPD iPR       | -
measured later              | 100     | 0 | 90//N=12; 60//N=12?; 60//N=small     | iUPD iPR iPR   | -
""")


@pytest.mark.parametrize("row", NO_BLOCK + CONFIRMED + ERASED + AFTER_RESET, ids=lambda row: row["course"])
def test_courses(row: dict[str, str]) -> None:
    check(row, course(row["targets"], row["points"], int(row["X"])))


# iUPD on day 28; days since then
TIMING = rows("""
course                       | points                                   | responses          | flag
27 days: disregarded         | 28: 120; 55: 140                         | iUPD iUPD          | EARLY_SCAN_DISREGARDED
28 days: confirms            | 28: 120; 56: 125                         | iUPD iCPD          |
early growth is no reference | 28: 120; 40: 140; 56: 124                | iUPD iUPD iUPD     | EARLY_SCAN_DISREGARDED
early shrinkage is no reset  | 28: 120; 40: 60; 56: 125                 | iUPD iUPD iCPD     | EARLY_SCAN_DISREGARDED
early shrinkage is no nadir  | 28: 120; 40: 60; 56: 100                 | iUPD iUPD iSD      | EARLY_SCAN_DISREGARDED
early new lesion             | 28: 120; 40: 120//N=new                  | iUPD iUPD          | EARLY_SCAN_DISREGARDED
it is still additional later | 28: 120; 40: 120//N=new; 56: 120//N=stable | iUPD iUPD iCPD     | EARLY_SCAN_DISREGARDED
symptom and new lesion       | 28: 120; 40: !120//N=new                 | iUPD iCPD          |
symptom, equivocal lesion    | 28: 120; 40: !120//N=doubt               | iUPD iUPD          | EARLY_SCAN_DISREGARDED
symptom, known lesion grows  | 28: 90//N=12; 40: !90//N=30              | iUPD iUPD          | EARLY_SCAN_DISREGARDED
symptom, targets grow        | 28: 120; 40: !150                        | iUPD iUPD          | EARLY_SCAN_DISREGARDED
early, not done              | 28: 120; 40: not done; 56: 125           | iUPD NE iCPD       |
56 days: in time             | 28: 120; 84: 125                         | iUPD iCPD          |
57 days: late                | 28: 120; 85: 125                         | iUPD iCPD          | LATE_CONFIRMATION
late after NE                | 28: 120; 60: -; 90: 125                  | iUPD NE iCPD       | LATE_CONFIRMATION
late from the first iUPD     | 28: 120; 60: 120; 90: 125                | iUPD iUPD iCPD     | LATE_CONFIRMATION
a new block starts anew      | 28: 120; 60: 100; 90: 120; 117: 130      | iUPD iSD iUPD iUPD | EARLY_SCAN_DISREGARDED
""")


@pytest.mark.parametrize("row", TIMING, ids=lambda row: row["course"])
def test_timing(row: dict[str, str]) -> None:
    result = course("100", row["points"])
    assert words(result) == row["responses"].split(), result.because
    assert {flag for point in result.points for flag in point.flags} == set(row["flag"].split())
    assert result.late_confirmation == (row["flag"] == "LATE_CONFIRMATION")


def test_timing_is_a_parameter() -> None:
    tolerant = IrecistConfig(early_tolerance_days=2)
    assert words(course("100", "28: 120; 54: 125", config=tolerant)) == ["iUPD", "iCPD"]
    assert words(course("100", "28: 120; 53: 125", config=tolerant)) == ["iUPD", "iUPD"]
    assert course("100", "28: 120; 84: 125", config=IrecistConfig(late_after_days=55)).late_confirmation
    assert words(course("100", "28: 120; 84: 125", config=IrecistConfig(confirm_min_days=57))) == ["iUPD", "iUPD"]


# The nadir is 70 mm throughout.
PERSISTENCE = rows("""
points                   | none               | after_confirmed    | after_first
70; 70; 80               | iPR iPR iSD        | iPR iPR iPR        | iPR iPR iPR
70; 80                   | iPR iSD            | iPR iSD            | iPR iPR
70; 84; 80               | iPR iUPD iSD       | iPR iUPD iSD       | iPR iUPD iPR
70; 70; 84; 80           | iPR iPR iUPD iSD   | iPR iPR iUPD iPR   | iPR iPR iUPD iPR
70; 84; 70; 80           | iPR iUPD iPR iSD   | iPR iUPD iPR iSD   | iPR iUPD iPR iPR
70; 70; 84; 89; 80       | iPR iPR iUPD iCPD None | iPR iPR iUPD iCPD None | iPR iPR iUPD iCPD None
""")


@pytest.mark.parametrize("row", PERSISTENCE, ids=lambda row: row["points"])
@pytest.mark.parametrize("persistence", Persistence)
def test_persistence_of_a_partial_response(row: dict[str, str], persistence: Persistence) -> None:
    config = IrecistConfig(recist=RecistConfig(pr_persistence=persistence))
    assert words(course("100", row["points"], config=config)) == row[persistence].split()


def test_disease_after_complete_response_by_the_sum() -> None:
    config = IrecistConfig(recist=RecistConfig(cr_reappearance=Reappearance.SUM))
    assert words(course("20", "gone/abs; 3/abs; 4/pres; 8/pres", 1, config)) == ["iCR", "iPR", "iPR", "iUPD"]


def test_the_sentences_name_what_decided() -> None:
    result = course("100", "28: 120; 40: 130; 60: -; 90: 126//N=12", 0)
    assert [point.because for point in result.points] == [
        "sum 120 mm vs nadir 100 mm: +20.0 %, +20 mm: PD: iUPD.",
        "only 12 days after iUPD: disregarded: iUPD.",
        "Target: not evaluable: T1: NE. Overall NE; iUPD of 2025-03-31 stays open: NE.",
        "iUPD of 2025-03-31 confirmed: target sum +6 mm since iUPD; new lesion N: iCPD.",
    ]
    result = course("100", "90//N=12; 88//N=ne; -//N=ne; 89//N=12", 0)
    assert "new lesion N not evaluable; iUPD of" in result.points[1].because
    assert "new lesion N not evaluable; Target: not evaluable: T1" in result.points[2].because
    assert "neither confirmed nor erased" in result.points[3].because
    assert "A new lesion persists" in course("20", "20//N=12; gone//N=12").because


def test_a_lesion_is_measured_always_or_never() -> None:
    with pytest.raises(Contradiction, match="is measured at some time points only") as refusal:
        course("100", "90//N=12; 90//N=stable")
    assert refusal.value.key == "timepoints[1].new_lesions.N"
    assert words(course("100", "90//N=12; 90//N=absent")) == ["iUPD", "iSD"]


def test_the_order_of_the_time_points_is_irrelevant_and_none_is_no_course() -> None:
    assert words(course("100", "56: 125; 28: 120")) == ["iUPD", "iCPD"]
    empty = assess_irecist(baseline("100"), [])
    assert (empty.points, empty.pending_since, empty.because) == ((), None, "No time point.")
