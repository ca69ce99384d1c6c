"""Reports of serious adverse events as documents: one event in the order of the CIOMS I form, and all of them."""
