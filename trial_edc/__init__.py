"""The platform: forms, versions, queries, signatures. It knows no clinic."""

__version__ = "0.1.0"
