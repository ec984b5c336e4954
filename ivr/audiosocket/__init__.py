"""Calls from Asterisk over its AudioSocket protocol."""
