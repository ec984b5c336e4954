"""A served backend, whose notices these tests deliver."""

from tests.backend.city import backend, city, city_url, deps

__all__ = ["backend", "city", "city_url", "deps"]
