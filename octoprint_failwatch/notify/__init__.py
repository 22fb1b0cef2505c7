"""Notifications for people, and events for other plugins."""
