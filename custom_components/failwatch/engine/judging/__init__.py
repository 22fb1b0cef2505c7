"""Turn p into a level: statistics over time, rules, verdicts and the latch."""
