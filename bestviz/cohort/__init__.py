"""The people of a trial, counted: flow, characteristics, courses, responses; what is small is hidden before it leaves.

Everything here takes a `Cohort` (a trial and filters) and gives small results that hold no value of a single person.
"""
