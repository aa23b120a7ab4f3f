"""Jobs to try the console with."""
