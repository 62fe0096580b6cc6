"""The report in a real browser: what it draws, what it asks for, whether it fits, and whether all can use it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from isthmus.checks import Checked, check, check_loaded
from isthmus.cost.bill import bill
from isthmus.files import write_whole
from isthmus.plan import Plan
from isthmus.prices import load, prices_path
from isthmus.report import html
from isthmus.topology import loads

PROJECT = Path(__file__).parents[2]
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
TOPOLOGIES = ("isthmus", "hub", "complete", "static", "tgw-large", "longest")
LONGEST = """
name: a-name-of-22-character
aws:
  frankfurt-prod1: {region: ap-southeast-1, network: {cidr: 10.101.0.0/16}, gateway: {asn: 4200000001}}
  b: {region: eu-west-1, network: {cidr: 10.102.0.0/16}, gateway: {asn: 4200000002}}
azure:
  germany-netwrk1: {region: germanywestcentral, network: {cidr: 10.201.0.0/16}, gateway: {asn: 4200000101}}
  c: {region: southeastasia, network: {cidr: 10.202.0.0/16}, gateway: {asn: 4200000102}}
links:
  - {aws: frankfurt-prod1, azure: germany-netwrk1, slot: 0}
  - {aws: frankfurt-prod1, azure: c, slot: 1}
  - {aws: b, azure: germany-netwrk1, slot: 2}
  - {aws: b, azure: c, slot: 3}
"""
"""Two sites on each side, all joined, with names as long as they may be."""
WIDTHS = (375, 1440)
SCHEMES = ("light", "dark")

Open = Callable[..., Page]


def checked(name: str) -> Checked:
    if name == "longest":
        return check_loaded(loads(LONGEST))
    return check(PROJECT / "isthmus.yaml" if name == "isthmus" else PROJECT / "examples" / f"{name}.yaml")


def plan_of(name: str) -> Plan:
    return checked(name).plan


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    prices = load(prices_path(None))
    written = {}
    for name in TOPOLOGIES:
        written[name] = folder / f"{name}.html"
        found = checked(name)
        write_whole(written[name], html(found, bill(found.plan, prices), day=date(2026, 11, 23)))
    return written


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path]) -> Iterator[Open]:
    """Opens a report and fails at the end if the console complained or anything but the file was asked for."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    asked: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def request(found: Request) -> None:
        asked.append(found.url)

    def open_it(name: str, *, width: int = 1440, scheme: str = "light", bypass_csp: bool = False) -> Page:
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": 900},
            "color_scheme": scheme,
            "bypass_csp": bypass_csp,
        }
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", said)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", request)
        page.goto(pages[name].as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def overflowing(page: Page) -> list[str]:
    """What reaches beyond the window, but for what lies in a region that scrolls by itself."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          return [...document.querySelectorAll('body *')]
            .filter(e => !e.closest('.scroll') || e.classList.contains('scroll'))
            .filter(e => !e.classList.contains('skip'))
            .filter(e => e.getBoundingClientRect().width)
            .filter(e => e.getBoundingClientRect().right > wide + 0.5 || e.getBoundingClientRect().left < -0.5)
            .map(e => e.tagName + '.' + (e.getAttribute('class') || '') + ': ' + e.textContent.slice(0, 40));
        }"""
    )
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", TOPOLOGIES)
def test_the_picture_has_a_line_for_each_tunnel(opened: Open, name: str, width: int) -> None:
    page = opened(name, width=width)
    drawn = page.locator("#topology svg:visible [data-tunnel]")
    assert drawn.evaluate_all("all => all.map(e => e.dataset.tunnel)") == [t.name for _, t in plan_of(name).tunnels()]
    shown = page.locator("#topology svg:visible").evaluate_all("all => all.map(e => e.textContent).join(' ')")
    for link, tunnel in plan_of(name).tunnels():
        assert {str(tunnel.aws_address), str(tunnel.azure_address)} <= set(shown.split())
        assert {f"AS{link.aws_asn}", f"AS{link.azure_asn}"} <= set(shown.split())


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_no_text_of_a_picture_leaves_it_or_lies_on_another(opened: Open, name: str) -> None:
    for width in WIDTHS:
        page = opened(name, width=width)
        clashes = page.evaluate(
            """() => [...document.querySelectorAll('svg[role=img]')].filter(s => s.getBoundingClientRect().width)
              .flatMap(svg => {
                const outer = svg.getBoundingClientRect();
                const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
                const out = boxes.filter(([, b]) => b.left < outer.left || b.right > outer.right
                  || b.top < outer.top - 1 || b.bottom > outer.bottom + 1).map(([t]) => 'outside: ' + t);
                // A line box has room above and below its letters.
                const hit = (a, b) => a.left < b.right && b.left < a.right
                  && a.top + 3 < b.bottom && b.top + 3 < a.bottom;
                const sites = [...svg.querySelectorAll('.site')].map(s => s.getBoundingClientRect());
                boxes.filter(([, b]) => sites.some(s => hit(s, b) && (b.right > s.right || b.left < s.left)))
                  .forEach(([t]) => out.push(t + ' leaves its site'));
                boxes.forEach(([t, a], i) => boxes.slice(i + 1)
                  .forEach(([u, b]) => { if (hit(a, b)) out.push(t + ' on ' + u) }));
                return out;
              })"""
        )
        assert clashes == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", TOPOLOGIES)
def test_nothing_overflows(opened: Open, name: str, width: int) -> None:
    page = opened(name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert overflowing(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["isthmus", "hub"])
def test_axe_finds_nothing(opened: Open, name: str, width: int, scheme: str) -> None:
    page = opened(name, width=width, scheme=scheme, bypass_csp=True)
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in result["violations"]] == []
    passed = {rule["id"] for rule in result["passes"]}
    assert {"color-contrast", "region", "landmark-one-main", "svg-img-alt"} <= passed
    assert "scrollable-region-focusable" in passed or width > WIDTHS[0]


def test_dark_is_dark_and_light_is_light(opened: Open) -> None:
    def background(scheme: str) -> list[int]:
        text = opened("isthmus", scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        return [int(part) for part in json.loads(text.replace("rgb(", "[").replace(")", "]"))]

    assert max(background("dark")) < 64
    assert min(background("light")) > 192


def test_printed_it_is_light_and_complete(opened: Open) -> None:
    # A4 without its margins.
    page = opened("hub", width=688, scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("nav").is_hidden()
    assert page.locator("#topology svg:visible [data-tunnel]").count() == len(list(plan_of("hub").tunnels()))
    wide = "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.querySelector('caption').textContent)"
    assert page.locator(".scroll").evaluate_all(wide) == []


def test_the_keyboard_reaches_the_report_and_its_tables(opened: Open) -> None:
    page = opened("isthmus", width=375)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    regions = page.locator(".scroll")
    assert regions.evaluate_all("all => all.every(e => e.tabIndex === 0)")
    wide = page.locator(".scroll:has(#cost-lines)")
    wide.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    moved = "e => new Promise(done => e.scrollLeft ? done(true) : setTimeout(() => done(e.scrollLeft > 0), 500))"
    assert wide.evaluate(moved)


def test_the_policy_lets_nothing_in(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    page.goto(pages["isthmus"].as_uri())
    refused = page.evaluate(
        """() => new Promise(done => {
          const refused = [];
          document.addEventListener('securitypolicyviolation', e => {
            refused.push(e.effectiveDirective);
            if (refused.length === 3) done(refused.sort());
          });
          setTimeout(() => done(refused), 3000);
          const put = (tag, what) => document.body.append(Object.assign(document.createElement(tag), what));
          put('script', {textContent: 'window.ran = true'});
          put('style', {textContent: 'p { color: red }'});
          put('img', {src: 'https://isthmus.invalid/a.png'});
        })"""
    )
    ran = page.evaluate("window.ran")
    page.close()
    assert refused == ["img-src", "script-src-elem", "style-src-elem"]
    assert ran is None
