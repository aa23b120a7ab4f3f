"""Quarterdeck's typed async client for AI-native clouds; usable without the console."""
