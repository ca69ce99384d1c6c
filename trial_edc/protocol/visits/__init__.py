"""Visits: the schedule of assessments, its windows, and the forms each visit expects."""
