"""The study as pure data: what the protocol says, with no framework, no clock and no input or output."""
