"""A tenant that does not fit this machine: planned from a seed or a trace, then played."""
