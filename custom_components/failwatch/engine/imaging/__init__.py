"""Pictures: reading and checking JPEGs, drawing on them, regions to ignore, and whether anything can be seen."""
