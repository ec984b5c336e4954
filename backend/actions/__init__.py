"""Use cases, one verb a file; each runs inside one transaction and records what happened."""
