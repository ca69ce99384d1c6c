"""The course of one subject: its tumour lesion by lesion, and everything else on one axis of time."""
