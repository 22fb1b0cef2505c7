"""Printers whose OctoPrint runs the FailWatch plugin."""
