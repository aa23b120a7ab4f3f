"""The face of the embedded cloud: the Tenant API, `/metrics` and the daemon that serves them."""
