"""Request templates: their format, and loading and checking them before anybody talks."""
