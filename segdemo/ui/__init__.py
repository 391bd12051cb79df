"""The page: components, handlers, texts and their wiring."""
