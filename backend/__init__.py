"""The ticket backend: HTTP API, rules, storage and worker."""
