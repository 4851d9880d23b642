"""The parts of the page Lasting and deep."""
