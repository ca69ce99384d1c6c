"""The DLT and cohort report: the dose board at a cut-off, with everything that was decided on it."""
