"""The pages, one a file; ``segdemo.ui.page`` puts them together."""
