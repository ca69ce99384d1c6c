"""Tests of the rule bench as such: its page, its command, its speed and what it does with nonsense."""
