"""What the weight sliders show, as plain data."""
