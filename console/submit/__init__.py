"""The form of a new job: text in, a checked `JobSpec` or an error for each field out."""
