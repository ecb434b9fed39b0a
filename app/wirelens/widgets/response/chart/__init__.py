"""The chart of a stream on screen: drawing, hands on it, the choice of what it shows, and pictures of it."""
