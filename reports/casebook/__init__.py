"""The casebook of one subject as a document: every form with what was said, verified, signed and changed about it."""
