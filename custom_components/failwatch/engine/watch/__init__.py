"""Watch one printer: the state, the steps between states, and the loop that looks."""
