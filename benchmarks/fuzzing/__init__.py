"""The parsers that are fuzzed, and the process that fuzzes one."""
