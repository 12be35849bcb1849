"""Questions with known answers in, measures with intervals out."""
