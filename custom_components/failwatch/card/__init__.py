"""The dashboard card: its script, its websocket commands, and the pictures that it shows."""
