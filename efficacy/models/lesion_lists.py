"""Code lists of the tumour forms: CDISC submission values where a list exists, else the words of the rules."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    PET_CT = "PET/CT SCAN", _("PET/CT")
    CHEST_X_RAY = "X-RAY", _("Chest X-ray")
    ULTRASOUND = "ULTRASOUND", _("Ultrasound")
    CALIPER = "PHYSICAL EXAMINATION", _("Examination with caliper")
    PHOTOGRAPHY = "PHOTOGRAPHY", _("Colour photograph with ruler")


class LesionType(models.TextChoices):
    """What kind of tissue a lesion is; decides whether it can be measured."""

    SOLID = "solid", _("Solid")
    CYSTIC = "cystic", _("Cystic metastasis")
    LYTIC_SOFT_TISSUE = "lytic_bone_soft_tissue", _("Lytic or mixed bone with soft tissue")
    BONE_ONLY = "lytic_bone", _("Lytic or mixed bone without soft tissue")
    BLASTIC = "blastic_bone", _("Blastic bone")


class TargetStatus(models.TextChoices):
    """How a target lesion was found at a later assessment, in the words of the response rule."""

    MEASURED = "measured", _("Measured")
    ABSENT = "absent", _("Absent")
    TOO_SMALL = "too_small", _("Seen, too small to measure")
    SPLIT = "split", _("Split into fragments")
    MERGED = "merged", _("Merged with another lesion")
    NOT_EVALUABLE = "not_evaluable", _("Not evaluable")


class NonTargetState(models.TextChoices):
    """How a non-target lesion was found, in the words of the response rule."""

    PRESENT = "present", _("Present")
    ABSENT = "absent", _("Absent")
    UNEQUIVOCAL_PD = "unequivocal_pd", _("Unequivocal progression")
    NOT_EVALUABLE = "not_evaluable", _("Not evaluable")


class SinceLast(models.TextChoices):
    """A non-target lesion against the assessment before."""

    NO_CHANGE = "no_change", _("No change")
    INCREASED = "increased", _("Increased")
    DECREASED = "decreased", _("Decreased")


class Certainty(models.TextChoices):
    """Whether a new lesion is one beyond doubt."""

    EQUIVOCAL = "equivocal", _("Equivocal")
    UNEQUIVOCAL = "unequivocal", _("Unequivocal")


class NewLesionKind(models.TextChoices):
    """Whether a new lesion is measured (a new target of iRECIST) or only followed."""

    TARGET = "target", _("Measurable")
    NON_TARGET = "nontarget", _("Not measurable")


class NewLesionState(models.TextChoices):
    """How a new lesion stands at a later assessment, in the words of the response rule."""

    NEW = "new", _("Equivocal before, now certain")
    STABLE = "stable", _("Stable or smaller")
    INCREASED = "increased", _("Increased")
    UNEQUIVOCAL_PD = "unequivocal_pd", _("Unequivocal progression")
    EQUIVOCAL = "equivocal", _("Still equivocal")
    ABSENT = "absent", _("Absent")
    NOT_EVALUABLE = "not_evaluable", _("Not evaluable")
