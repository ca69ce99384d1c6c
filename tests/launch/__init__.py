"""Tests of the one-command start, the locks and the deployment's description."""
