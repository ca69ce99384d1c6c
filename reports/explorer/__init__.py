"""The adverse events of many subjects, narrowed down by class, term, grade, relation, dose level and period."""
