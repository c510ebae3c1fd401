"""Settings, root URLs and the WSGI entry. Nothing here knows a business rule."""
