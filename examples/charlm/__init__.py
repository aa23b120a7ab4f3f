"""A character language model trained by several processes, in numpy alone."""
