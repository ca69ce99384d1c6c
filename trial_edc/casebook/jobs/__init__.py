"""Long work in the background: a row that says how far it is, what the worker may do to it, and how a page shows it."""
