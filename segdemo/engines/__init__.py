"""What runs a model: float32 (N, 3, H, W) in, logits out."""
