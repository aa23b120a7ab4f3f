"""What the embedded cloud remembers: one SQLite file, a table class per noun."""
