"""`python -m bestviz`."""

from bestviz.cli import main

main(prog_name="python -m bestviz")
