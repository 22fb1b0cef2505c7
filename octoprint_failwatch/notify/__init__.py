"""What the plugin tells people and other plugins."""
