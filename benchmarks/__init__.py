"""Measurements as ratios in one run: medians of interleaved rounds, with budgets."""
