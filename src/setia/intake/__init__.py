"""Files in: detect, map, preview, commit, undo.

This room reads a firm's file, says what is wrong with it, and writes customers, products and orders by set-based SQL
in one transaction. It is the only room that writes other rooms' tables in bulk; each such write is an action of theirs
in spirit, kept in `intake/commit/` because it is SQL over a staged table.
"""
