"""Evaluating what a visitor uploads: the data, the run, and what is shown of it."""
