"""A proxy of the real AWS provider: a provider that passes Terraform's calls on to it.

    terraform ──> this ──> terraform-provider-aws 5.100 ──> the stand-in for AWS
                    └── only what 5.100 lacks (newer_arguments.py) ──┘

Calls go through as they are, as bytes, but for those about resources that have more arguments now. What is added is
planned as Terraform's older SDK plans (:mod:`emulate.plugin.planning`). Besides, it can offer a few types of resources
only: terraform takes a second, each time, to read the 1,500 that the provider has. Like the provider behind it, this
speaks version 5 of the protocol; as far as they are used here, its messages have the numbers of those of version 6.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import grpc  # type: ignore[import-untyped]  # ships no type information

from emulate.aws.older_provider import is_older, newer_arguments
from emulate.aws.older_provider.long_lived import LongLivedProvider, target
from emulate.plugin import STAND_IN
from emulate.plugin.messages import ERROR, MESSAGES, Message, error, path
from emulate.plugin.planning import plan, replaced_by
from emulate.plugin.schema import Block
from emulate.plugin.serving import LIMITS, SERVICE, Served, Server, guarded, run_as_plugin
from emulate.plugin.values import Json, decode, encode

ADDRESS: Final = "hashicorp/aws"
PROTOCOL: Final = 5
_PASSED_ON: Final = f"Said of an argument that the AWS provider of this machine does not know, by {STAND_IN}."
_CREDENTIALS: Final = {"aws_access_key_id": "stand-in", "aws_secret_access_key": "stand-in"}

Onward = Callable[[bytes], bytes]
"""Passes a call on to the provider behind, and returns its answer."""
Pass = Callable[[Message], Message]


OURS: Final = re.compile(
    r"aws_(vpn|customer_gateway|vpc|default_security_group|flow_log|iam_role|iam_policy_document|subnet|route|ec2_transit_gateway|ec2_tag|cloudwatch_|sns_topic|s3_bucket|"
    r"secretsmanager_|kms_|availability_zones|caller_identity|partition|region)\w*"
)
"""The types of resources and data sources that stacks may have."""


class Proxy(grpc.GenericRpcHandler):  # type: ignore[misc]  # ships no type information
    """Answers Terraform with the help of the provider at ``target``, a gRPC address such as ``unix:/tmp/plugin1``.

    ``endpoint`` is where the stand-in for AWS is; what ``added`` says, by type of resource, the provider lacks; of its
    types it offers those that match ``offered``. It has one configuration at a time: the last one holds.
    """

    def __init__(
        self, target: str, endpoint: str, *, added: Mapping[str, Block], offered: re.Pattern[str] | None = None
    ) -> None:
        self._channel = grpc.insecure_channel(target, options=LIMITS)
        self._endpoint = endpoint
        self._added = added
        self._offered = offered
        self._schemas: bytes | None = None
        self._account = _Account(endpoint, {})

    @property
    def served(self) -> Served:
        """What :class:`~emulate.plugin.serving.Server` serves."""
        return Served(address=ADDRESS, protocol=PROTOCOL, handler=self)

    def service(self, details: Any) -> Any:
        """What answers the method of a call; None for those that are not a provider's."""
        service, _, method = details.method.lstrip("/").partition("/")
        if service != SERVICE[PROTOCOL]:
            return None
        onward: Onward = self._channel.unary_unary(details.method)

        def answer(request: bytes, _context: Any) -> bytes:
            return self._answer(method, request, onward)

        return grpc.unary_unary_rpc_method_handler(guarded(method, answer))

    def _answer(self, method: str, request: bytes, onward: Onward) -> bytes:
        if method == "GetSchema":
            return self._schema(request, onward)
        if method == "Configure":
            config = decode(MESSAGES["ConfigureRequest"].FromString(request).config.msgpack)
            self._account = _Account(self._endpoint, config or {})
        if method not in _ABOUT_RESOURCES:
            return onward(request)
        asked, answered, mine = _ABOUT_RESOURCES[method]
        message = MESSAGES[asked].FromString(request)
        if message.type_name not in self._added:
            return onward(request)

        def passed_on(changed: Message) -> Message:
            return MESSAGES[answered].FromString(onward(changed.SerializeToString()))

        answer: bytes = getattr(self, mine)(message.type_name, message, passed_on).SerializeToString()
        return answer

    def _schema(self, request: bytes, onward: Onward) -> bytes:
        # It never changes, and the provider makes it anew each time.
        if self._schemas is None:
            answer = MESSAGES["GetProviderSchema"].FromString(onward(request))
            for entry in answer.resource_schemas:
                if entry.key in self._added:
                    newer_arguments.extend(entry.value.block, self._added[entry.key])
            if self._offered:
                for entries in (answer.resource_schemas, answer.data_source_schemas):
                    for place in reversed(range(len(entries))):
                        if not self._offered.fullmatch(entries[place].key):
                            del entries[place]
            self._schemas = answer.SerializeToString()
        return self._schemas

    def validate(self, type_: str, request: Message, onward: Pass) -> Message:
        config = decode(request.config.msgpack)
        request.config.msgpack = encode(newer_arguments.without(config, self._added[type_]))
        answer = onward(request)
        for attribute, text in newer_arguments.problems(config):
            answer.diagnostics.append(error(text, _PASSED_ON, attribute))
        return answer

    def upgrade(self, type_: str, request: Message, onward: Pass) -> Message:
        kept = json.loads(request.raw_state.json or "null")
        request.raw_state.json = json.dumps(newer_arguments.without(kept, self._added[type_])).encode()
        answer = onward(request)
        self._put_back(type_, answer.upgraded_state, kept or {})
        return answer

    def read(self, type_: str, request: Message, onward: Pass) -> Message:
        before = decode(request.current_state.msgpack)
        self._take_out(type_, request.current_state)
        answer = onward(request)
        state = decode(answer.new_state.msgpack) if answer.new_state.msgpack else None
        if state is not None:
            said = self._asked("reading", state, answer.diagnostics)
            self._put_back(type_, answer.new_state, said or before)
        return answer

    def plan(self, type_: str, request: Message, onward: Pass) -> Message:
        block = self._added[type_]
        prior, config = decode(request.prior_state.msgpack), decode(request.config.msgpack)
        gone = decode(request.proposed_new_state.msgpack) is None
        for value in (request.prior_state, request.proposed_new_state, request.config):
            self._take_out(type_, value)
        answer = onward(request)
        if gone or config is None:
            return answer
        before = None if prior is None else block.shape(prior)
        wanted = plan(block, before, block.shape(config))
        self._put_back(type_, answer.planned_state, wanted)
        if before is not None:
            answer.requires_replace.extend(path(name) for name in replaced_by(block, before, wanted))
        return answer

    def apply(self, type_: str, request: Message, onward: Pass) -> Message:
        prior, planned = decode(request.prior_state.msgpack), decode(request.planned_state.msgpack)
        for value in (request.prior_state, request.planned_state, request.config):
            self._take_out(type_, value)
        answer = onward(request)
        state = decode(answer.new_state.msgpack) if answer.new_state.msgpack else None
        if state is None:
            return answer
        said = None
        # What could not be made, or is still there after a delete that failed, is not to be changed.
        if planned is not None and state.get("id") and not any(d.severity == ERROR for d in answer.diagnostics):
            wanted = self._added[type_].shape(planned)
            said = self._asked("updating", state, answer.diagnostics, wanted)
        self._put_back(type_, answer.new_state, said or newer_arguments.settled(prior) or {})
        return answer

    def import_state(self, type_: str, request: Message, onward: Pass) -> Message:
        answer = onward(request)
        for imported in answer.imported_resources:
            # Terraform reads it next.
            self._put_back(type_, imported.state, {})
        return answer

    def _asked(self, doing: str, state: Json, diagnostics: Any, wanted: Json | None = None) -> Json | None:
        """What EC2 says of a connection, after it was told what is ``wanted``; None, and why, where it refuses."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            if wanted is not None:
                newer_arguments.told_to_ec2(self._account.ec2, state, wanted)
            return newer_arguments.told_by_ec2(self._account.ec2, state)
        except (BotoCoreError, ClientError) as refused:
            diagnostics.append(error(f"{doing} EC2 VPN Connection ({state['id']}): {refused}", _PASSED_ON))
            return None

    def _take_out(self, type_: str, value: Message) -> None:
        if value.msgpack:
            value.msgpack = encode(newer_arguments.without(decode(value.msgpack), self._added[type_]))

    def _put_back(self, type_: str, value: Message, said: Json) -> None:
        if value.msgpack:
            value.msgpack = encode(newer_arguments.merged(decode(value.msgpack), self._added[type_], said))


_ABOUT_RESOURCES: Final = {
    "ValidateResourceTypeConfig": ("TypedConfigRequest", "Diagnostics", "validate"),
    "UpgradeResourceState": ("UpgradeRequest", "UpgradeResourceState", "upgrade"),
    "ReadResource": ("ReadRequest", "ReadResource", "read"),
    "PlanResourceChange": ("PlanRequest", "PlanResourceChange", "plan"),
    "ApplyResourceChange": ("ApplyRequest", "ApplyResourceChange", "apply"),
    "ImportResourceState": ("ImportRequest", "ImportResourceState", "import_state"),
}
"""Calls with a type of resource in them: what they come with, what they are answered with, and what answers."""


class _Account:
    """Where a configured provider acts."""

    def __init__(self, endpoint: str, config: Json) -> None:
        self._endpoint = endpoint
        self._region = config.get("region") or os.environ.get("AWS_REGION")
        self._roles = [role["role_arn"] for role in config.get("assume_role") or []]

    @cached_property
    def ec2(self) -> Any:
        """A client of EC2, in the account of the role if there is one."""
        # Takes half a second, and most calls need none.
        import boto3

        session = boto3.session.Session(region_name=self._region, **_CREDENTIALS)
        for role in self._roles:
            sts = session.client("sts", endpoint_url=self._endpoint)
            keys = sts.assume_role(RoleArn=role, RoleSessionName="stand-in")["Credentials"]
            session = boto3.session.Session(
                keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name=self._region
            )
        return session.client("ec2", endpoint_url=self._endpoint)


@contextmanager
def long_lived(
    executable: Path, pinned: str, endpoint: str, environment: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The provider ``executable``, started once, with the types that stacks have; its part of TF_REATTACH_PROVIDERS.

    Raises:
        OSError: as :class:`LongLivedProvider`.
    """
    added = newer_arguments.added() if is_older(executable.parent.parent, pinned) else {}
    with LongLivedProvider(executable, environment) as provider:
        server = Server(Proxy(provider.target, endpoint, added=added, offered=OURS).served)
        server.start()
        try:
            yield server.reattach
        finally:
            server.stop()


def main() -> int:
    """Be a provider that Terraform starts: ``EXECUTABLE ENDPOINT``, the older provider and the stand-in for AWS."""
    parser = argparse.ArgumentParser(description="The AWS provider of this machine, with arguments of a newer one.")
    parser.add_argument("executable", type=Path)
    parser.add_argument("endpoint")
    given = parser.parse_args()
    # Ctrl-C reaches every process of the terminal; it is Terraform that says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Asked for a certificate, it would insist that we show one.
    environ = {name: value for name, value in os.environ.items() if name != "PLUGIN_CLIENT_CERT"}
    older = subprocess.Popen(
        [str(given.executable)],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    assert older.stdout is not None
    said = older.stdout.readline().decode().strip().split("|")
    if len(said) < _HANDSHAKE or said[1] != str(PROTOCOL):
        sys.stderr.write(f"{given.executable} does not serve version {PROTOCOL} of Terraform's protocol\n")
        older.kill()
        return 1
    front = Proxy(target(said[2], said[3]), given.endpoint, added=newer_arguments.added())
    return run_as_plugin(front.served, at_end=older.kill, lives=lambda: older.poll() is None)


def _end_with_parent() -> None:
    """Have Linux end this process with the one that started it, however that ends: prctl(2), PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


_HANDSHAKE: Final = 5
"""Parts of go-plugin's line: its own version, the protocol's, the network, the address, how it is spoken."""
