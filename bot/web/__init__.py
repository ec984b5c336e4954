"""The web chat: the enterprise's and the staff's conversation in a browser page."""
