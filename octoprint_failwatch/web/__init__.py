"""The plugin's web interface: API, pages, pictures and settings."""
