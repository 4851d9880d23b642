"""The Data and model page: data chosen and checked, models fitted in a process of their own, compared and described."""
