"""Where the pre-shared keys of a link come from: a key ring for each source.

A ring gives the AWS connection the key it must use (``argument``; None lets AWS make one) and Azure's
connection the same key (``reference``). Neither is ever a literal; state holds the value in clear.
"""

from __future__ import annotations

from typing import Protocol

from constructs.crosscloud import providers as tf
from isthmus.clouds.crypto import PSK_PATTERN, PSK_RULE, RANDOM_KEY_LENGTH
from isthmus.plan.types import KeySource, Link, Tunnel


class KeyRing(Protocol):
    """The keys of one link."""

    def argument(self, tunnel: Tunnel) -> str | None:
        """What the AWS connection is given for ``tunnel``; None lets AWS make the key."""

    def reference(self, tunnel: Tunnel, *, generated_by_aws: str) -> str:
        """The key of ``tunnel`` for Azure; ``generated_by_aws`` is what the AWS connection tells."""


def key_ring(scope: tf.Construct, id_: str, *, link: Link) -> KeyRing:
    """The key ring of ``link``, with what it needs made in ``scope``."""
    match link.keys.source:
        case KeySource.AWS:
            return AwsKeys()
        case KeySource.RANDOM:
            return RandomKeys(scope, id_, link=link)
        case KeySource.VARIABLE:
            return VariableKeys(scope, link=link)
        case KeySource.SECRETS_MANAGER:
            return SecretKeys(scope, id_, link=link)


class AwsKeys:
    """AWS makes each key, and Azure reads it off the connection."""

    def argument(self, tunnel: Tunnel) -> None:
        """Nothing: AWS makes the key."""

    def reference(self, tunnel: Tunnel, *, generated_by_aws: str) -> str:  # noqa: ARG002 - the protocol's
        """What AWS made."""
        return generated_by_aws


class _Given:
    """A ring whose keys are known before the connection is made. Tunnels that are not used have none."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def argument(self, tunnel: Tunnel) -> str | None:
        """The key, the same as Azure's."""
        return self._keys.get(tunnel.key)

    def reference(self, tunnel: Tunnel, *, generated_by_aws: str) -> str:  # noqa: ARG002 - the protocol's
        """The key, the same as AWS's; what AWS tells of it may be redacted."""
        return self._keys[tunnel.key]


class RandomKeys(_Given):
    """Terraform makes each key; a higher generation makes a new one, of that tunnel only."""

    def __init__(self, scope: tf.Construct, id_: str, *, link: Link) -> None:
        super().__init__()
        ring = tf.Construct(scope, id_)
        for tunnel in link.tunnels:
            made = tf.Password(
                ring,
                tunnel.key,
                length=RANDOM_KEY_LENGTH,
                special=False,
                keepers={"generation": str(tunnel.key_slot.generation)},
            )
            # A letter first: AWS takes no key that starts with 0.
            self._keys[tunnel.key] = f"k{made.result}"


class VariableKeys(_Given):
    """The user sets a sensitive variable for each tunnel; Terraform refuses what a cloud would."""

    def __init__(self, scope: tf.Construct, *, link: Link) -> None:
        super().__init__()
        for tunnel in link.tunnels:
            name = tunnel.key_slot.variable
            variable = tf.TerraformVariable(
                scope,
                name,
                type="string",
                sensitive=True,
                nullable=False,
                description=f"Pre-shared key of tunnel {tunnel.name}: {PSK_RULE}",
                validation=[
                    tf.TerraformVariableValidationConfig(
                        condition=f'${{can(regex("{PSK_PATTERN}", var.{name}))}}',
                        error_message=f"The key of {tunnel.name} must be {PSK_RULE}.",
                    )
                ],
            )
            # A variable's name is the user's contract: it must not carry a hash.
            variable.override_logical_id(name)
            self._keys[tunnel.key] = variable.string_value


class SecretKeys(_Given):
    """An existing AWS secret has the keys, as JSON; each tunnel's is passed on by itself."""

    def __init__(self, scope: tf.Construct, id_: str, *, link: Link) -> None:
        super().__init__()
        ring = tf.Construct(scope, id_)
        wanted = ", ".join(f'"{tunnel.key_slot.secret_key}"' for tunnel in link.tunnels)
        secret = tf.DataAwsSecretsmanagerSecretVersion(
            ring,
            "secret",
            secret_id=link.keys.secret or "",
            lifecycle=tf.TerraformResourceLifecycle(
                postcondition=[
                    tf.Postcondition(
                        condition=f"${{alltrue([for name in [{wanted}] : "
                        f'can(regex("{PSK_PATTERN}", jsondecode(self.secret_string)[name]))])}}',
                        error_message=f"The secret of link {link.name} must be JSON with a key for each of {wanted}, "
                        f"each of {PSK_RULE}.".replace('"', "'"),
                    )
                ]
            ),
        )
        for tunnel in link.tunnels:
            # A local is what crosses to Azure's stack: the rest of the secret stays behind.
            key = tf.TerraformLocal(
                ring,
                tunnel.key,
                tf.Fn.lookup(tf.Fn.jsondecode(secret.secret_string), tunnel.key_slot.secret_key),
            )
            self._keys[tunnel.key] = key.as_string
