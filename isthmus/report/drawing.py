"""Shapes of a drawing: what the template turns into SVG. Positions are in CSS pixels, from the top left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text. ``anchor``: start, middle or end. ``kind`` is its class in the style sheet."""

    x: float
    y: float
    text: str
    kind: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """A path; ``key`` names what it stands for, such as a tunnel."""

    path: str
    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A small disc."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture of ``width`` by ``height``; ``kind`` says where it fits: wide or narrow. ``key`` is its HTML id."""

    key: str
    kind: str
    width: float
    height: float
    title: str
    description: str
    boxes: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    texts: tuple[Text, ...] = ()


def clipped(text: str, most: int) -> str:
    """``text`` in ``most`` characters, cut before its last six, which tell tunnels apart: tables have all of it."""
    return text if len(text) <= most else f"{text[: most - 7]}…{text[-6:]}"
