"""Logs of any size: where they lie, how they are read, what is found in them."""
