"""Dictionaries that others publish, CTCAE's wording and MedDRA's codes: loaded by an operator, never shipped."""
