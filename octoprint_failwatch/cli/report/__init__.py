"""The report of `failwatch detect`: a page that shows what the detector sees and rates the camera."""
