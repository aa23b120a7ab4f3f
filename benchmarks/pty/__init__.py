"""Real keys in a real terminal: starts, latencies, load and the end of any terminal program."""
