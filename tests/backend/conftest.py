"""Gives every test of the backend the demo city."""

from tests.backend.city import backend, city, city_url, deps

__all__ = ["backend", "city", "city_url", "deps"]
