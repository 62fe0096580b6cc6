"""What is shown of a plan, its cost and its performance, worked out once: tables of values, and sentences.

A module for each subject. ``isthmus.render`` shows any view on a terminal, in HTML, JSON, CSV and Markdown.
"""
