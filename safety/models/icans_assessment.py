"""ICE score and assessment of neurotoxicity, ICANS (F22)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from safety.models.crs_assessment import Grade, yes_no
from trial_edc.crf.fields import item
from trial_edc.crf.models import CrfRecord
from trial_edc.crf.spec import Crf, Section


class Consciousness(models.TextChoices):
    """Depressed level of consciousness, in the words of the rule."""

    NORMAL = "normal", _("Normal")
    SPONTANEOUS = "awakens_spontaneously", _("Awakens spontaneously")
    VOICE = "awakens_to_voice", _("Awakens to voice")
    TACTILE = "awakens_to_tactile", _("Awakens only to tactile stimulus")
    UNAROUSABLE = "unarousable_or_vigorous", _("Unarousable, or needs vigorous stimuli")


class Seizure(models.TextChoices):
    """Seizures, in the words of the rule."""

    NONE = "none", _("None")
    BRIEF = "brief_resolves_rapidly", _("Clinical seizure that resolved rapidly")
    NONCONVULSIVE = "nonconvulsive_eeg_resolves", _("Non-convulsive on EEG, resolved with treatment")
    PROLONGED = "prolonged_gt_5min", _("Longer than 5 minutes")
    REPETITIVE = "repetitive_no_return_to_baseline", _("Repetitive without return to baseline")


class Oedema(models.TextChoices):
    """Cerebral oedema on imaging."""

    NONE = "none", _("None")
    FOCAL = "focal", _("Focal")
    DIFFUSE = "diffuse", _("Diffuse")


def _points(label: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class IcansAssessment(CrfRecord):
    """One neurological assessment. An item that was not assessed is missing with a reason, never 0."""

    assessed_date = item(
        models.DateField(_("Date of assessment"), null=True, blank=True), oid="NEUDT", sdtm="CE.CEDTC", critical=True
    )
    assessed_time = item(
        models.TimeField(_("Time"), null=True, blank=True), oid="NEUTM", sdtm="CE.CEDTC",
        hint=_("24-hour clock, site time"),
    )  # fmt: skip
    ice_orientation = item(
        _points(_("Orientation: year, month, city, hospital")), oid="ICEORI", sdtm="FT.FTORRES when FTTESTCD=ICE01",
        unit="/ 4", limits=(0, 4), critical=True,
    )  # fmt: skip
    ice_naming = item(
        _points(_("Naming three objects")), oid="ICENAM", sdtm="FT.FTORRES when FTTESTCD=ICE02", unit="/ 3",
        limits=(0, 3), critical=True,
    )  # fmt: skip
    ice_command = item(
        _points(_("Following a simple command")), oid="ICECMD", sdtm="FT.FTORRES when FTTESTCD=ICE03", unit="/ 1",
        limits=(0, 1), critical=True,
    )  # fmt: skip
    ice_writing = item(
        _points(_("Writing a standard sentence")), oid="ICEWRI", sdtm="FT.FTORRES when FTTESTCD=ICE04", unit="/ 1",
        limits=(0, 1), critical=True,
    )  # fmt: skip
    ice_attention = item(
        _points(_("Counting backwards from 100 by ten")), oid="ICEATT", sdtm="FT.FTORRES when FTTESTCD=ICE05",
        unit="/ 1", limits=(0, 1), critical=True,
    )  # fmt: skip
    consciousness = item(
        models.CharField(_("Level of consciousness"), max_length=32, choices=Consciousness, blank=True),
        oid="NEUCON", critical=True,
    )  # fmt: skip
    consciousness_other_cause = item(
        yes_no(_("Explained by another cause, such as sedation")), oid="NEUCOC", critical=True, required=False
    )
    seizure = item(
        models.CharField(_("Seizure"), max_length=40, choices=Seizure, blank=True), oid="NEUSZ", critical=True
    )
    deep_focal_motor_weakness = item(
        yes_no(_("Deep focal motor weakness, such as hemiparesis")), oid="NEUMOT", critical=True
    )
    cerebral_oedema = item(
        models.CharField(_("Cerebral oedema on imaging"), max_length=8, choices=Oedema, blank=True),
        oid="NEUOED", critical=True,
    )  # fmt: skip
    oedema_due_to_haemorrhage = item(
        yes_no(_("Oedema due to intracranial haemorrhage")), oid="NEUHEM", critical=True, required=False
    )
    posturing = item(yes_no(_("Decerebrate or decorticate posturing")), oid="NEUPOS", critical=True, required=False)
    cn6_palsy = item(yes_no(_("Cranial nerve VI palsy")), oid="NEUCN6", critical=True, required=False)
    papilloedema = item(yes_no(_("Papilloedema")), oid="NEUPAP", critical=True, required=False)
    cushings_triad = item(yes_no(_("Cushing's triad")), oid="NEUCUS", critical=True, required=False)
    corticosteroid_given = item(yes_no(_("Corticosteroid given for ICANS")), oid="NEUSTER", required=False)
    death_due_to_icans = item(yes_no(_("Death due to ICANS")), oid="NEUDTH", critical=True, required=False)
    investigator_grade = item(
        models.PositiveSmallIntegerField(_("Investigator's grade"), choices=Grade, null=True, blank=True),
        oid="NEUIGR", sdtm="CE.CETOXGR", judgement=True, required=False, critical=True,
    )  # fmt: skip
    grade_reason = item(
        models.TextField(_("Reason where it differs from the computed grade"), max_length=500, blank=True),
        oid="NEUIGRS", judgement=True, required=False,
    )  # fmt: skip

    crf = Crf(
        oid="ICANS",
        code="F22",
        title=_("ICE score and ICANS"),
        repeating=True,
        copy_from_previous=True,
        sections=(
            Section(_("Assessment"), ("assessed_date", "assessed_time")),
            Section(
                _("ICE score"), ("ice_orientation", "ice_naming", "ice_command", "ice_writing", "ice_attention")
            ),
            Section(
                _("Neurological findings"),
                ("consciousness", "consciousness_other_cause", "seizure", "deep_focal_motor_weakness"),
            ),
            Section(
                _("Raised intracranial pressure"),
                (
                    "cerebral_oedema", "oedema_due_to_haemorrhage", "posturing", "cn6_palsy", "papilloedema",
                    "cushings_triad",
                ),
            ),
            Section(_("Treatment and outcome"), ("corticosteroid_given", "death_due_to_icans")),
            Section(_("Judgement of the investigator"), ("investigator_grade", "grade_reason")),
        ),
    )  # fmt: skip

    class Meta(CrfRecord.Meta):
        pass
