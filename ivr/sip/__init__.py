"""Calls by SIP: worker processes run the SIP stack, this process talks."""
