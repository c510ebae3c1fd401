"""The command `setia`: what a firm types to start, feed, ask and repair its Setia.

Each command is a module of its own; `postgres` is the launcher of the private database they share.
"""
