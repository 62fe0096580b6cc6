"""S3's bucket policies, as far as moto knows them: it takes a Deny for all requests, whatever its condition."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


class Bucket(FakeBucket):
    """A bucket whose policy counts without the statements that have a condition.

    The policy that refuses requests without TLS would else refuse every request, since the stand-in has no TLS.
    """

    def get_permission(self, action: str, resource: str) -> Any:
        """What the policy says of ``action`` on ``resource``."""
        if self.policy is None:
            return PermissionResult.NEUTRAL
        policy = json.loads(self.policy.decode())
        said = policy.get("Statement", [])
        statements = [one for one in (said if isinstance(said, list) else [said]) if not one.get("Condition")]
        return IAMPolicy(json.dumps({**policy, "Statement": statements})).is_action_permitted(action, resource)
