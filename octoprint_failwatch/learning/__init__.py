"""Detection services that learn, taught from labelled prints."""
