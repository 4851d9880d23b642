"""Operating characteristics: whole procedures judged on simulated trials whose truth is known."""
