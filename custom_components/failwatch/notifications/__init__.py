"""Messages to people: what a watch has to tell, sent to phones and other notifiers, with buttons that answer it."""
