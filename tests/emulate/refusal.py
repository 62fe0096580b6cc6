"""What a refused call says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def code(call: Callable[..., Any], **arguments: Any) -> str:
    """The error code of a call, which must fail."""
    return text(call, **arguments).partition(": ")[0]


def text(call: Callable[..., Any], **arguments: Any) -> str:
    """The error code and message of a call, which must fail."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"
