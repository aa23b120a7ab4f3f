"""The Tenant API, one module per noun."""
