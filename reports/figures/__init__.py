"""Figures drawn on the server: the same picture on the page, in a document and as a file."""
