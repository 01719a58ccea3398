"""Tests of the command line: what people type, and what they read of it."""
