"""Shows a view: on a terminal, in HTML, JSON, CSV or Markdown. Nothing here knows what the view is about."""
