"""Read: what the forms of a subject say together."""
