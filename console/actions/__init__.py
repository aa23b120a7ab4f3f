"""Every action there is: one registry that keys, palette, help, commands and the CLI come from."""
