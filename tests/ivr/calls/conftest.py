"""Real calls over UDP against the whole phone."""

from tests.backend.city import backend, city, city_url, deps

__all__ = ["backend", "city", "city_url", "deps"]
