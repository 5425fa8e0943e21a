"""Our own REST API."""
