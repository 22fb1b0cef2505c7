"""Teach detection services that learn from labelled prints."""
