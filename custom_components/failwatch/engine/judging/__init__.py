"""From p to a level: statistics over time, rules, verdicts and the latch."""
