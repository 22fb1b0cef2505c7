"""Printers that Home Assistant watches itself, by a camera entity and an entity that says when it prints."""
