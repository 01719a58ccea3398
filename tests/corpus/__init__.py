"""Lesson plans by many hands, and a writer that puts a plan into other forms."""
