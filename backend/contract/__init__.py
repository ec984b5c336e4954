"""All that other parts may import from the backend: models, errors, and the API client."""
