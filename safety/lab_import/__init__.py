"""A hospital's laboratory file, CSV or XLSX, into the laboratory forms: all of it, or nothing."""
