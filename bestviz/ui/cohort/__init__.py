"""The parts of the Cohort page."""
