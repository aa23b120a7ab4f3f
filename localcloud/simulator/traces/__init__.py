"""Public job traces: each format read into the same record of a job."""
