"""Run a real OctoPrint, Home Assistant and camera for the demo, the tests and the screenshots."""
