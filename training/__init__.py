"""Training, evaluation and export of the built-in detector."""
