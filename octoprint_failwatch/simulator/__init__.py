"""Simulate a camera: pictures of a print that goes well, then fails from a chosen layer on."""
