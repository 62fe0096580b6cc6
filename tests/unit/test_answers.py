"""docs/answers.md says what the commands say."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.cost.money import Usd
from tools import answers


def test_the_committed_page_is_what_its_figures_come_to() -> None:
    assert answers.TARGET.read_text(encoding="utf-8") == answers.text(), "run `make docs`"


def test_another_price_gives_another_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the page would be kept true by nothing."""
    before = answers.text()
    figures = dict(answers.figures())
    monkeypatch.setattr(answers, "figures", lambda: {**figures, "shapes": {**figures["shapes"], "plan": Usd()}})
    assert answers.text() != before


def test_the_page_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "TARGET", tmp_path / "answers.md")
    answers.write()
    assert [file.name for file in tmp_path.iterdir()] == ["answers.md"]


def test_the_owners_measurement_is_explained() -> None:
    """53 Mbit/s on average and 60.6 at the peak, with a window of 1.01 MiB."""
    figures = answers.figures()
    assert 53 <= figures["far"].flow.mbps <= 62
    assert figures["far"].flow.binding.name == "the TCP window"
    assert round(figures["far_measured"].flow.mbps, 1) == 60.6


def test_four_tunnels_carry_no_more_than_azures_ends_do() -> None:
    """4 x 2,300 with large AWS tunnels, not the 10,000 of the SKU."""
    most = answers.figures()["most"]
    assert (most["vgw_out"], most["vgw_back"], most["tgw"], most["large"]) == (1250, 5000, 5000, 9200)


def test_the_flows_and_the_window_are_at_one_round_trip() -> None:
    """Twelve windows of 1.01 MiB and no eleven: 11.2 MiB fill the gateway."""
    figures = answers.figures()
    flows = figures["far"].directions[0].flows
    assert (flows - 1) * 1.01 < figures["fill_window_mib"] <= flows * 1.01
    assert f"{flows} such flows" in answers.text()


def test_a_private_circuit_breaks_even_later_where_the_vpn_is_cheaper() -> None:
    early, late = answers.figures()["private"]["breaks_even_tb"]
    assert 20 < early < late < 24
