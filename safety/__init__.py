"""Adverse events, CRS and ICANS assessments, and the safety rules."""
