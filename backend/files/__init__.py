"""Uploaded files: what they are by their content, whether they are safe to hand on, and where they lie."""
