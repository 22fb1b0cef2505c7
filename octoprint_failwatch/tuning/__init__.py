"""Tune rules, thresholds and cadence on the user's own labelled prints."""
