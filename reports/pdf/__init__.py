"""Layout of documents with ReportLab; it computes nothing."""
