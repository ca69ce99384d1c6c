"""Efficacy rules: pure functions, values in and values out; no framework, no clock, no input or output."""
