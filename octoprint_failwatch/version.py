"""The version of the plugin, the command line and the server."""

__version__ = "0.1.0"
