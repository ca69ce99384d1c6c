"""The generated pages of `docs/`: what the code says about forms, checks, visits, roles and rules, as Markdown."""
