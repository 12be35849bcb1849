"""Ranked passages in, a cited answer out, and the page that shows it. Never touches a vector."""
