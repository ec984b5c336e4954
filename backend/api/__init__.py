"""The HTTP API: parses, calls one action, shapes the reply."""
