"""What the stored values of other data sets' masks mean: data, and where it is from."""
