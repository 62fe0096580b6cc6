"""How each stack reaches its account or subscription. A stack is of one site, so that no alias is needed."""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from isthmus.plan.types import AwsSite, AzureSite, KeySource, Link

NO_REGISTRATIONS = "none"
"""What azurerm may register in the subscription: nothing. By default it registers more than sixty resource providers,
which takes a right on the whole subscription that no deployment needs. docs/permissions.md lists what to register once.
"""


def aws_provider(stack: tf.TerraformStack, site: AwsSite) -> None:
    """The AWS provider of ``site``."""
    role, ignored = site.provider.role_arn, site.provider.ignored_tags
    tf.AwsProvider(
        stack,
        "aws",
        region=site.region,
        profile=site.provider.profile,
        ignore_tags=[tf.AwsProviderIgnoreTags(keys=list(ignored))] if ignored else None,
        assume_role=[tf.AwsProviderAssumeRole(role_arn=role)] if role else None,
    )


def azure_provider(stack: tf.TerraformStack, site: AzureSite) -> None:
    """The azurerm provider of ``site``."""
    tf.AzurermProvider(
        stack,
        "azurerm",
        features=[tf.AzurermProviderFeatures()],
        resource_provider_registrations=NO_REGISTRATIONS,
        subscription_id=site.provider.subscription_id,
        tenant_id=site.provider.tenant_id,
    )


def random_provider(stack: tf.TerraformStack, link: Link) -> None:
    """The random provider, where it makes the keys of ``link``."""
    if link.keys.source is KeySource.RANDOM:
        tf.RandomProvider(stack, "random")
