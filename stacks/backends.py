"""Where Terraform keeps the state of each stack: the only place that decides it.

Every stack calls :func:`attach` first; cross-stack references then read the same backend. State holds the
pre-shared keys in clear, whatever the backend: these provider versions have no write-only argument for them.
"""

from __future__ import annotations

from constructs.crosscloud import providers as tf


def attach(stack: tf.TerraformStack) -> None:
    """Give ``stack`` its backend.

    Terraform runs in ``cdktf.out/stacks/<stack>``, so that a path three levels up is beside ``cdktf.out``, on
    any machine and from any working directory.
    """
    tf.LocalBackend(stack, path=f"../../../terraform.{stack.node.id}.tfstate")
