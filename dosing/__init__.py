"""Dose levels, infusions, DLT evaluation and dose decisions."""
