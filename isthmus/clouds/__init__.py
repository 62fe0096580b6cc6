"""What each cloud allows, as data, with the source beside each fact.

The letter after a source says how well the fact is known: S was read in the named source, C is computed
from such figures, M is general knowledge that was not looked up ("assumed" to users): a default that a user can
override.
"""
