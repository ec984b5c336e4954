"""The city's districts as the fields of a form know them."""

from __future__ import annotations

from collections.abc import Sequence

from backend.contract.models.organisation import DistrictOut
from dialogs.fields import DistrictNode


def district_tree(districts: Sequence[DistrictOut]) -> tuple[DistrictNode, ...]:
    """Each with all names it has in our languages."""
    return tuple(
        DistrictNode(one.id, tuple(dict.fromkeys((one.name, one.name_en))), district_tree(one.children))
        for one in districts
    )
