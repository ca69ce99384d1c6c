"""How every casebook stands, kept as rows that a reader brings up to date before reading them (ADR 0013)."""
