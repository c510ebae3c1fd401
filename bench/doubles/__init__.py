"""How well Setia finds doubles: a simulated Indonesian customer file, public test files, and the time a million take.

`simulated` makes people and firms, writes some of them down twice or more, and remembers who is who; `corruptions` is
the table of what goes wrong when the same customer is written down again. Both stood before the matcher did, and share
no code with it. The figures are told in `docs/doubles.md`.
"""
