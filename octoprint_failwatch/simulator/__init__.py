"""A simulated camera: pictures of a print that goes well, and from a chosen layer on does not."""
