"""What several platforms use for both kinds of printer."""
