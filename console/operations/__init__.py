"""Writes: planned with their consequences, checked, recorded, sent once, reconciled by reading."""
