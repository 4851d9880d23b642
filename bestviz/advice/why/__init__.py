"""Why one option is ahead for a patient, and what would have to be different for another one to be."""
