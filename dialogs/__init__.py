"""One conversation engine for every channel: templates, sessions, and the talks of enterprises and staff."""
