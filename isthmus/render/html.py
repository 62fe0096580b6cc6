"""A view as a part of an HTML page. Every text goes through a template that escapes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isthmus.provenance import Source
from isthmus.render import text as as_text
from isthmus.views.types import Chart, View

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FOLDER = Path(__file__).parent


def environment(*folders: Path) -> Environment:
    """Templates of this folder and of ``folders``; each escapes what it shows."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader([*folders, FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"texts": as_text.texts, "limit": as_text.LIMIT}
    return made


def render(
    view: View, sources: Sequence[Source] | None = None, draw: Callable[[Chart], Markup] | None = None
) -> Markup:
    """The sections of ``view``.

    ``sources`` are those of the page, which lists them: the number of a source is its place. Without them the view's
    own are listed at its end. Charts are shown as ``draw`` draws them, or left to the tables beside them.
    """
    from markupsafe import Markup

    found = as_text.sources([view]) if sources is None else tuple(sources)
    text = environment().get_template("view.html.jinja").render(
        sections=[(type(section).__name__, section) for section in view.sections],
        draw=draw,
        numbers={source: number for number, source in enumerate(found, start=1)},
        listed=found if sources is None else (),
        legend=as_text.legend(view.refs),
    )  # fmt: skip
    # It comes from a template that escapes everything.
    return Markup(text)  # noqa: S704
