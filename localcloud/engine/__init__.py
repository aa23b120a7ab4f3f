"""The embedded cloud itself: scheduling, recovery and metering behind the `Cloud` facade."""
