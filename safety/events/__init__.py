"""The adverse-event log of one subject as the safety review reads it, and what links an event to other forms."""
