"""The watch inside OctoPrint, on its own thread."""
