"""The domain model: frozen, typed, provider-neutral. Import from the module that owns a type."""
