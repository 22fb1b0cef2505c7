"""Real OctoPrint, Home Assistant and camera as processes: what the demo, the tests and the pictures run."""
