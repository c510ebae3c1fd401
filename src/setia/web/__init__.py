"""The shell around every room: navigation, macros, home, the customer page, errors, languages and static files.

Pages that show several rooms at once are composed here; nothing here owns a table.
"""
