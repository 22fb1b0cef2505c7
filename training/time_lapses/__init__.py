"""Rendered time-lapses: whole prints of printers that do not exist, with the look known at which each begins to fail."""
