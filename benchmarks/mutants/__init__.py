"""Small changes to the engine, and the tests that should notice them."""
