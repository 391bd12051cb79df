"""From predictions to pictures."""
