"""The phone: calls from any transport, what is said and heard in them."""
