"""The policy: what an office may set, a module a subject."""
