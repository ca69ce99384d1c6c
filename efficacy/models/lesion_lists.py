"""Code lists of the tumour forms: CDISC submission values where a list exists, else the words of the rules."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from efficacy.rules.lesion_baseline import LesionKind
from efficacy.rules.observations import LesionStatus, NewLesionStatus, NonTargetStatus
from efficacy.rules.observations import SinceLast as Comparison


class Organ(models.TextChoices):
    """Where a lesion sits. One value is one organ for the limit of targets per organ: left and right together, all
    lymph nodes together."""

    LUNG = "LUNG", _("Lung")
    LIVER = "LIVER", _("Liver")
    LYMPH_NODE = "LYMPH NODE", _("Lymph node")
    ADRENAL_GLAND = "ADRENAL GLAND", _("Adrenal gland")
    KIDNEY = "KIDNEY", _("Kidney")
    BONE = "BONE", _("Bone")
    BRAIN = "BRAIN", _("Brain")
    PANCREAS = "PANCREAS", _("Pancreas")
    PLEURA = "PLEURA", _("Pleura")
    PERITONEUM = "PERITONEUM", _("Peritoneum")
    SPLEEN = "SPLEEN", _("Spleen")
    OVARY = "OVARY", _("Ovary")
    UTERUS = "UTERUS", _("Uterus")
    BLADDER = "URINARY BLADDER", _("Urinary bladder")
    STOMACH = "STOMACH", _("Stomach")
    COLON = "COLON", _("Colon or rectum")
    OESOPHAGUS = "ESOPHAGUS", _("Oesophagus")
    NASOPHARYNX = "NASOPHARYNX", _("Nasopharynx")
    BREAST = "BREAST", _("Breast")
    SKIN = "SKIN", _("Skin")
    SOFT_TISSUE = "SOFT TISSUE", _("Soft tissue")
    MEDIASTINUM = "MEDIASTINUM", _("Mediastinum, not a node")
    OTHER = "OTHER", _("Other, name it in the site")


class Side(models.TextChoices):
    """Side of the body."""

    LEFT = "LEFT", _("Left")
    RIGHT = "RIGHT", _("Right")
    BILATERAL = "BILATERAL", _("Both sides")


class Method(models.TextChoices):
    """How a lesion was looked at."""

    CT = "CT SCAN", _("CT")
    MRI = "MRI", _("MRI")
    PET_CT = "PET/CT SCAN", _("PET with low-dose CT")
    CHEST_X_RAY = "X-RAY", _("Chest X-ray")
    ULTRASOUND = "ULTRASOUND", _("Ultrasound")
    CALIPER = "PHYSICAL EXAMINATION", _("Examination with caliper")
    PHOTOGRAPHY = "PHOTOGRAPHY", _("Colour photograph with ruler")


class LesionType(models.TextChoices):
    """What kind of tissue a lesion is, in the words of the rule that says whether it can be measured."""

    SOFT_TISSUE = LesionKind.SOFT_TISSUE.value, _("Soft tissue or organ")
    CYSTIC = LesionKind.CYSTIC_METASTASIS.value, _("Cystic metastasis")
    BONE_SOFT_TISSUE = LesionKind.BONE_SOFT_TISSUE.value, _("Lytic or mixed bone with soft tissue")
    BONE = LesionKind.BONE.value, _("Lytic or mixed bone without soft tissue")
    BLASTIC = LesionKind.BONE_BLASTIC.value, _("Blastic bone")


class TargetStatus(models.TextChoices):
    """How a target lesion was found at a later assessment, in the words of the response rule."""

    MEASURED = LesionStatus.MEASURED.value, _("Measured")
    ABSENT = LesionStatus.ABSENT.value, _("Absent")
    TOO_SMALL = LesionStatus.TOO_SMALL.value, _("Seen, too small to measure")
    SPLIT = LesionStatus.SPLIT.value, _("Split into fragments")
    MERGED = LesionStatus.MERGED.value, _("Merged with another lesion")
    NOT_EVALUABLE = LesionStatus.NOT_EVALUABLE.value, _("Not evaluable")


class NonTargetState(models.TextChoices):
    """How a non-target lesion was found, in the words of the response rule."""

    PRESENT = NonTargetStatus.PRESENT.value, _("Present")
    ABSENT = NonTargetStatus.ABSENT.value, _("Absent")
    UNEQUIVOCAL_PD = NonTargetStatus.UNEQUIVOCAL_PD.value, _("Unequivocal progression")
    NOT_EVALUABLE = NonTargetStatus.NOT_EVALUABLE.value, _("Not evaluable")


class SinceLast(models.TextChoices):
    """A non-target lesion against the assessment before."""

    NO_CHANGE = Comparison.NO_CHANGE.value, _("No change")
    INCREASED = Comparison.INCREASED.value, _("Increased")
    DECREASED = Comparison.DECREASED.value, _("Decreased")


class Certainty(models.TextChoices):
    """Whether a new lesion is one beyond doubt."""

    EQUIVOCAL = NewLesionStatus.EQUIVOCAL.value, _("Equivocal")
    UNEQUIVOCAL = NewLesionStatus.UNEQUIVOCAL.value, _("Unequivocal")


class NewLesionKind(models.TextChoices):
    """Whether a new lesion is measured (a new target of iRECIST) or only followed."""

    TARGET = "target", _("Measurable")
    NON_TARGET = "nontarget", _("Not measurable")


class NewLesionState(models.TextChoices):
    """How a new lesion stands at a later assessment, in the words of the response rule."""

    NEW = NewLesionStatus.NEW.value, _("Equivocal before, now certain")
    STABLE = NewLesionStatus.STABLE.value, _("Stable or smaller")
    INCREASED = NewLesionStatus.INCREASED.value, _("Increased")
    UNEQUIVOCAL_PD = NewLesionStatus.UNEQUIVOCAL_PD.value, _("Unequivocal progression")
    EQUIVOCAL = NewLesionStatus.EQUIVOCAL.value, _("Still equivocal")
    ABSENT = NewLesionStatus.ABSENT.value, _("Absent")
    NOT_EVALUABLE = NewLesionStatus.NOT_EVALUABLE.value, _("Not evaluable")
