"""What the screen shows, on QtCore alone: testable without a screen."""
