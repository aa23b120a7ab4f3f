"""Pure functions over the domain model: no clock, no network, no terminal."""
