"""The rule bench: one JSON contract through which anyone can put cases to every rule, without the database."""
