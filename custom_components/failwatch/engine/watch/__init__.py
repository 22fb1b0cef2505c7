"""The watch over one printer: its state, the steps between states, and the loop that looks."""
