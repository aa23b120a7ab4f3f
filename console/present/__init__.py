"""Domain objects -> rows, cells, units and series; the same for the CLI and the screens."""
