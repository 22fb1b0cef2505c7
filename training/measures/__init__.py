"""How good the built-in detector is: on pictures, over time, and with what certainty."""
