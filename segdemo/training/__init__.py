"""The loop that makes the weights."""
