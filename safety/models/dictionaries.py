"""Reference texts and codes of published dictionaries; an operator's command fills the tables, no form writes them."""

from __future__ import annotations

from django.db import models


class CtcaeDescription(models.Model):
    """How one version of CTCAE describes one grade of one term."""

    version = models.CharField(max_length=20)
    term = models.CharField(max_length=120)
    soc = models.CharField(max_length=120)
    grade = models.PositiveSmallIntegerField()
    description = models.TextField()
    definition = models.TextField(blank=True)
    navigational_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "term", "grade"], name="one_description_per_grade"),
            models.CheckConstraint(condition=models.Q(grade__range=(1, 5)), name="described_grade_is_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.term}, grade {self.grade}"


class MeddraTerm(models.Model):
    """One lowest level term of one MedDRA release with its preferred term and that term's primary path upwards."""

    release = models.CharField(max_length=20, blank=True)
    llt_code = models.PositiveIntegerField()
    llt_name = models.CharField(max_length=200)
    is_current = models.BooleanField()
    pt_code = models.PositiveIntegerField()
    pt_name = models.CharField(max_length=200)
    hlt_code = models.PositiveIntegerField()
    hlt_name = models.CharField(max_length=200)
    hlgt_code = models.PositiveIntegerField()
    hlgt_name = models.CharField(max_length=200)
    soc_code = models.PositiveIntegerField()
    soc_name = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "llt_code"], name="one_row_per_llt")]
        indexes = [
            models.Index(fields=["release", "pt_code"], name="meddra_by_pt"),
            models.Index(fields=["release", "llt_name"], name="meddra_by_name"),
        ]

    def __str__(self) -> str:
        return f"{self.llt_name} ({self.llt_code})"
