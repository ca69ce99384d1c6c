"""Do the tests notice? Change one operator or number of a rule at a time and see whether a test fails.

`python3 run.py exec python -m tests.mutation [safety.rules.crs …]` prints every change that no test noticed, and the
numbers per module. It takes about an hour for all modules and is run by hand, not with the tests.
"""
