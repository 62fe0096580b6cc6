"""What Terraform may not do to a resource."""

from __future__ import annotations

from constructs.crosscloud import providers as tf
from isthmus.plan import types


def lifecycle(planned: types.Lifecycle) -> tf.TerraformResourceLifecycle | None:
    """``planned`` as an argument of a resource; None where Terraform may do everything."""
    if not planned.ignored and not planned.protected:
        return None
    return tf.TerraformResourceLifecycle(
        ignore_changes=list(planned.ignored) or None, prevent_destroy=planned.protected or None
    )
