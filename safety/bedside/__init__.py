"""The bedside sheet of one subject: time points as columns, grades under each, episodes above."""
