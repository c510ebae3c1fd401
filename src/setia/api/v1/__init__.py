"""Version 1 of the interface, a module per subject: what goes in and out, one query or action an operation."""
