"""Rules, thresholds and cadence chosen on one's own labelled prints."""
