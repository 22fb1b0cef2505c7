"""What browsers and scripts reach of the plugin."""
