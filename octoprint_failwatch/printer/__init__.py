"""Facts about OctoPrint's printer, and ways to stop it."""
