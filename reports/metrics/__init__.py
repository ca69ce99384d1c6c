"""Queries, source verification and outstanding signatures in numbers, as of a cut-off."""
