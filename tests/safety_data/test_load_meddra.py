"""The command that loads MedDRA codes, on invented files of the published shape."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from safety.dictionaries.selectors import coded
from safety.models import MeddraTerm
from trial_edc.audit.models import AccessEvent

pytestmark = pytest.mark.django_db
LLT = ["71$Hot head$51$$$$$$$Y$$", "72$Warm head$51$$$$$$$N$$", "73$Cold foot$52$$$$$$$Y$$"]
HIERARCHY = [
    "51$41$31$21$Head heat$Heats$Head things$Heads$Head$$21$Y$",
    "51$42$32$22$Head heat$Skins$Skin things$Skins$Skin$$21$N$",
    "52$43$33$22$Foot cold$Colds$Foot things$Feet$Foot$$22$Y$",
]


def write(folder: Path, llt: list[str] = LLT, hierarchy: list[str] = HIERARCHY, end: str = "\r\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("llt.asc", llt), ("mdhier.asc", hierarchy)):
        (folder / name).write_bytes("".join(line + end for line in lines).encode())
    return folder


def load(folder: Path, *more: str) -> str:
    out = StringIO()
    call_command("load_meddra", str(folder), *more, stdout=out)
    return out.getvalue()


def refused(folder: Path, *more: str) -> str:
    """The one line of the refusal; nothing may be in the table afterwards."""
    with pytest.raises(CommandError) as problem:
        load(folder, *more)
    assert problem.value.returncode == 2
    assert "\n" not in str(problem.value)
    assert not MeddraTerm.objects.exists()
    return str(problem.value)


def test_terms_are_stored_with_the_primary_path(tmp_path: Path) -> None:
    assert load(write(tmp_path), "--release", "27.1") == "MedDRA 27.1: 3 lowest level terms, loaded.\n"
    found = coded("hot  HEAD", release="27.1")
    assert found is not None
    assert (found.llt_code, found.pt_code, found.pt_name) == (71, 51, "Head heat")
    assert (found.hlt_code, found.hlgt_code, found.soc_code, found.soc_name) == (41, 31, 21, "Heads")
    assert found.is_current
    assert coded("Hot head", release="28.0") is None
    assert AccessEvent.objects.get(action="dictionary loaded").detail.startswith("MedDRA 27.1: 3 rows")


def test_twice_is_once_and_another_release_stands_beside_it(tmp_path: Path) -> None:
    load(write(tmp_path), "--release", "27.1")
    before = set(MeddraTerm.objects.values_list("pk", flat=True))
    assert load(tmp_path, "--release", "27.1").endswith("already loaded, nothing changed.\n")
    assert set(MeddraTerm.objects.values_list("pk", flat=True)) == before
    load(write(tmp_path, llt=LLT[:1]), "--release", "28.0")
    assert MeddraTerm.objects.filter(release="27.1").count() == 3
    assert MeddraTerm.objects.filter(release="28.0").count() == 1


def test_the_same_release_again_replaces_itself(tmp_path: Path) -> None:
    load(write(tmp_path), "--release", "27.1")
    assert load(write(tmp_path, llt=LLT[:2]), "--release", "27.1").endswith("2 lowest level terms, loaded.\n")
    assert MeddraTerm.objects.count() == 2


def test_files_in_the_distribution_folder_and_in_capitals(tmp_path: Path) -> None:
    folder = write(tmp_path / "MedAscii", end="\n")
    (folder / "llt.asc").rename(folder / "LLT.ASC")
    (folder / "meddra_release.asc").write_text("27.1$English$$$$\n")
    assert load(tmp_path) == "MedDRA 27.1: 3 lowest level terms, loaded.\n"
    assert load(tmp_path, "--release", "27.2").startswith("MedDRA 27.2: ")


def test_a_release_that_names_itself_nowhere_is_loaded_all_the_same(tmp_path: Path) -> None:
    assert load(write(tmp_path)) == "MedDRA of an unnamed release: 3 lowest level terms, loaded.\n"
    assert coded("Cold foot", release="") is not None


@pytest.mark.parametrize("content", ["", "English$27.1$$$$\n", "MedDRA release notes\nof 27.1", "1" * 30])
def test_a_release_file_that_names_no_release_is_refused(content: str, tmp_path: Path) -> None:
    (write(tmp_path) / "meddra_release.asc").write_text(content)
    sentence = "meddra_release.asc: names no release such as 27.1; say which it is with --release."
    assert refused(tmp_path) == sentence
    assert load(tmp_path, "--release", "27.1").startswith("MedDRA 27.1: ")


def test_names_may_be_chinese(tmp_path: Path) -> None:
    load(write(tmp_path, llt=["71$发热$51$$$$$$$Y$$"]))
    assert coded("发热", release="") is not None


LINES: list[tuple[list[str], list[str], str]] = [
    ([], HIERARCHY, "llt.asc: is empty."),
    (LLT, [" "], "mdhier.asc: is empty."),
    (["71$Hot head$51"], HIERARCHY, "llt.asc: line 1: 3 fields separated by $, not 11."),
    (["71|Hot head|51|||||||Y||"], HIERARCHY, "llt.asc: line 1: 1 fields separated by $, not 11."),
    ([LLT[0], LLT[1] + "$$"], HIERARCHY, "llt.asc: line 2: 13 fields separated by $, not 11."),
    (HIERARCHY, LLT, "mdhier.asc: line 1: 11 fields separated by $, not 12."),
    ([LLT[0], "7x$Hot head$51$$$$$$$Y$$"], HIERARCHY, "llt.asc: line 2: llt_code “7x” is not a code."),
    (["-7$Hot head$51$$$$$$$Y$$"], HIERARCHY, "llt.asc: line 1: llt_code “-7” is not a code."),
    (["71$Hot head$$$$$$$$Y$$"], HIERARCHY, "llt.asc: line 1: pt_code “” is not a code."),
    (["71$ $51$$$$$$$Y$$"], HIERARCHY, "llt.asc: line 1: llt_name is empty or too long."),
    ([f"71${'h' * 201}$51$$$$$$$Y$$"], HIERARCHY, "llt.asc: line 1: llt_name is empty or too long."),
    (["71$Hot head$51$$$$$$$y$$"], HIERARCHY, "llt.asc: line 1: llt_currency “y” is neither Y nor N."),
    ([LLT[0], LLT[0]], HIERARCHY, "llt.asc: line 2: a second record of llt_code 71."),
    (LLT, HIERARCHY[:2], "llt.asc: line 3: pt_code 52 has no primary path in mdhier.asc."),
    (LLT, [*HIERARCHY, HIERARCHY[0]], "mdhier.asc: line 4: a second primary path of pt_code 51."),
    (["71$Hot\x00head$51$$$$$$$Y$$"], HIERARCHY, "llt.asc: is not text: it holds control characters."),
]


@pytest.mark.parametrize(("llt", "hierarchy", "sentence"), LINES)
def test_other_files_are_refused(llt: list[str], hierarchy: list[str], sentence: str, tmp_path: Path) -> None:
    assert refused(write(tmp_path, llt, hierarchy)) == sentence


def test_missing_files_are_named(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path} has no llt.asc, mdhier.asc."
    (write(tmp_path) / "mdhier.asc").unlink()
    assert refused(tmp_path) == f"{tmp_path} has no mdhier.asc."
    (tmp_path / "mdhier.asc").mkdir()
    assert refused(tmp_path) == f"{tmp_path} has no mdhier.asc."
    assert refused(tmp_path / "llt.asc") == f"{tmp_path / 'llt.asc'} is not a folder."


@pytest.mark.parametrize("content", [b"\xff\xfe7\x001\x00", b"71$Caf\xe9$51$$$$$$$Y$$\n"])
def test_what_is_not_text_is_refused(content: bytes, tmp_path: Path) -> None:
    (write(tmp_path) / "llt.asc").write_bytes(content)
    assert refused(tmp_path) == "llt.asc: is not text in ASCII or UTF-8."


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safety.dictionaries.meddra_files.MOST_BYTES", 10)
    assert refused(write(tmp_path)) == "mdhier.asc: is far larger than a MedDRA file."


def test_a_release_is_a_short_text(tmp_path: Path) -> None:
    assert refused(write(tmp_path), "--release", "2" * 21).startswith("A release has at most 20 characters")
