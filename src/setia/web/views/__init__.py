"""Entrances that belong to no single room: the shell's own pages, home, and the customer's page."""
