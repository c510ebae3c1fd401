"""`python -m setia …` is the command `setia …`."""

import sys

from setia.command import main

if __name__ == "__main__":
    sys.exit(main())
