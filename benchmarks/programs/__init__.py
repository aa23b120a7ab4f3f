"""Small programs that show one list each in the same way: ours, and the peers' tables."""
