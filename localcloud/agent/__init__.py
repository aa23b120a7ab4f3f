"""The node agent: one process per node that runs workers and tells the daemon how they do."""
