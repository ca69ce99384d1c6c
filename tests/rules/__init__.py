"""Tests of the pure rules and of the bench that answers with them."""
