"""Figures of the people of a trial: published counts and means in, a figure out."""
