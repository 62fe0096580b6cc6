"""The single values of a topology file, each with its own type and its own sentence when it is wrong.

A sentence reads "what was given and why it is wrong: what is allowed; what to do".
"""
