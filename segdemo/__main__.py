"""``python -m segdemo``: see ``segdemo.cli``."""

import sys

from segdemo.cli import main

sys.exit(main(sys.argv[1:]))
