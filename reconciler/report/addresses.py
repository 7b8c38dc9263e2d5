"""Naming apps as briefly as the reader's place allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.names import encode_segment

if TYPE_CHECKING:
    from reconciler.model.names import AppRef, SpaceRef


def seen_from(home: SpaceRef, app: AppRef) -> str:
    """Name an app as the manifests of a space would: its space and organization only where they differ."""
    if app.space_ref == home:
        return encode_segment(app.app)
    if app.org == home.org:
        return f"{encode_segment(app.space)}/{encode_segment(app.app)}"
    return str(app)
