"""A series of p judged again: by other rules, at another cadence, as fast as the machine can."""
