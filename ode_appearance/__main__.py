"""`python -m ode_appearance`: the verbs for a terminal."""

import sys

from .cli.main import main

if __name__ == "__main__":
    sys.exit(main())
