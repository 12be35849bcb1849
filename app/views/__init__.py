"""One small function for each part of the page."""
