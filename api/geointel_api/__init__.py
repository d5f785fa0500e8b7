"""The web service over a snapshot: it shows what was released and computes nothing new."""
