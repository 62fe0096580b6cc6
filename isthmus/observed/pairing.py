"""Which AWS tunnel and which Azure connection are the two ends of one tunnel. Never by name.

In this order: the outside address, known or that very attribute; the BGP peer inside one AWS inside block; the one
reference of an expression; an equal index or equal number, which is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Network
from typing import Any

from isthmus.observed.azure import PUBLIC_IP
from isthmus.observed.observation import Found, Observed, Outside, Unresolved
from isthmus.observed.types import AwsEnd, AzureEnd, Evidence, Instance, Paired, Tunnel
from isthmus.observed.values import Certainty, Known, Unknown, Value, comparable, known, same

Slot = tuple[tuple[str, str], int]
"""An AWS tunnel: the connection and the number."""


def pair(observed: Observed, aws: list[AwsEnd], azure: list[AzureEnd]) -> Paired:
    """The tunnels, in the order of the Azure connections, and the ends that are left."""
    pairs = _Pairs(observed, aws)
    for find in (pairs.by_address, pairs.by_peer, pairs.by_reference):
        for end in azure:
            if id(end) not in pairs.found:
                find(end)
    left = [end for end in azure if id(end) not in pairs.found]
    pairs.by_index(left)
    pairs.by_number([end for end in left if id(end) not in pairs.found])
    used = {id(end) for end, _ in pairs.found.values()}
    return Paired(
        tunnels=tuple(_tunnel(observed, end, *pairs.found[id(end)]) for end in azure if id(end) in pairs.found),
        lone_azure=tuple(end for end in azure if id(end) not in pairs.found),
        lone_aws=tuple(end for end in aws if id(end) not in used),
    )


class _Pairs:
    def __init__(self, observed: Observed, aws: list[AwsEnd]) -> None:
        self.found: dict[int, tuple[AwsEnd, Evidence]] = {}
        self._observed = observed
        self._aws = aws
        self._taken: set[int] = set()
        self._by_address = _index(aws, lambda end: _identity(end.outside_address))
        self._by_block = _index(aws, lambda end: _block(known(end.inside_block)))

    def _take(self, azure: AzureEnd, aws: AwsEnd, evidence: Evidence) -> None:
        self.found[id(azure)] = aws, evidence
        self._taken.add(id(aws))

    def _free(self, ends: Iterable[AwsEnd]) -> list[AwsEnd]:
        return [end for end in ends if id(end) not in self._taken]

    def by_address(self, azure: AzureEnd) -> None:
        value = azure.peer_address
        if isinstance(value, Unknown) and value.certainty is not Certainty.EXACT:
            return
        there = self._by_address.get(_identity(value), [])
        if len(there) == 1:
            self._take(azure, there[0], Evidence.ADDRESS)

    def by_peer(self, azure: AzureEnd) -> None:
        there = self._free(self._by_block.get(_block(known(azure.peer_bgp_address), 30), []))
        if len(there) > 1:
            there = [end for end in there if self._is_referred_to(azure, end)] or [
                end for end in there if _instance(self._observed, azure, end) is not None
            ]
        if len(there) == 1:
            self._take(azure, there[0], Evidence.PEER)

    def by_reference(self, azure: AzureEnd) -> None:
        value = azure.peer_address
        if isinstance(value, Unknown) and value.certainty > Certainty.ASSUMED:
            there = self._by_address.get(_identity(value), [])
            if len(there) == 1:
                self._take(azure, there[0], Evidence.REFERENCE)

    def by_index(self, left: list[AzureEnd]) -> None:
        """Ends whose address is some attribute of a connection: by the key, else by the order of the two tunnels."""
        referring: dict[tuple[str, str], list[AzureEnd]] = {}
        for azure in left:
            value = azure.peer_address
            if isinstance(value, Unknown) and value.reference is not None:
                referring.setdefault((value.reference.root, value.reference.address), []).append(azure)
        for key, there in referring.items():
            for azure in there:
                free = self._free(end for end in self._aws if end.connection.key == key)
                alike = [end for end in free if same(azure.key, end.key)]
                chosen = alike if len(alike) == 1 else free
                if chosen and len(there) <= 2:
                    self._take(azure, chosen[0], Evidence.ASSUMED)

    def by_number(self, left: list[AzureEnd]) -> None:
        """As many ends without any evidence as there are AWS tunnels left, or connections with both left."""
        if any(isinstance(a.peer_address, Known) or getattr(a.peer_address, "reason", "") for a in left):
            return
        free = self._free(self._aws)
        first = [end for end in free if end.number == 1]
        for there in (free, first):
            if left and len(left) == len(there):
                for azure, aws in zip(left, there, strict=True):
                    self._take(azure, aws, Evidence.ASSUMED)
                return

    def _is_referred_to(self, azure: AzureEnd, aws: AwsEnd) -> bool:
        value = azure.peer_address
        reference = value.reference if isinstance(value, Unknown) else None
        return reference is not None and (reference.root, reference.address) == aws.connection.key


def _tunnel(observed: Observed, azure: AzureEnd, aws: AwsEnd, evidence: Evidence) -> Tunnel:
    return Tunnel(azure=azure, aws=aws, evidence=evidence, instance=_instance(observed, azure, aws))


def _instance(observed: Observed, azure: AzureEnd, aws: AwsEnd) -> Instance | None:
    """The instance that has the address which AWS's customer gateway stands for."""
    target = observed.named(aws.peer_address, (PUBLIC_IP,), "ip_address")
    for instance in azure.gateway.instances:
        if isinstance(target, Found) and isinstance(instance.public_ip, Found):
            if target.resource == instance.public_ip.resource:
                return instance
        elif isinstance(target, Outside) and same(instance.address, Known(target.id)):
            return instance
    if isinstance(target, Unresolved) and not target.certain and isinstance(aws.customer_gateway, Found):
        index = aws.customer_gateway.resource.index
        if isinstance(index, int) and index < len(azure.gateway.instances):
            return azure.gateway.instances[index]
    return None


def _index(ends: list[AwsEnd], key: Callable[[AwsEnd], str | None]) -> dict[str | None, list[AwsEnd]]:
    found: dict[str | None, list[AwsEnd]] = {}
    for end in ends:
        if (text := key(end)) is not None:
            found.setdefault(text, []).append(end)
    return found


def _identity(value: Value) -> str | None:
    if isinstance(value, Known):
        return str(comparable(value.value)) or None
    return value.meaning or None if isinstance(value, Unknown) else None


def _block(text: Any, prefix: int | None = None) -> str | None:
    """The block ``text``, or that of ``prefix`` bits around an address."""
    try:
        return str(IPv4Network(f"{text}/{prefix}" if prefix else str(text), strict=False)) if text else None
    except ValueError:
        return None
