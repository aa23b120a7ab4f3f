"""Live data: snapshots, feeds, the store they meet in, and the last good state on disk."""
