"""The city as channels know it."""

from __future__ import annotations

from backend import models
from backend.contract.models.organisation import CityOut, DistrictOut, EmergencyOut, EmergencySentences
from backend.rules.policy.file import built_in_policy
from backend.rules.policy.policy import Policy
from backend.work.context import Context


async def view_city(context: Context) -> CityOut:
    """Districts as a tree below the city, departments, emergencies."""
    rows = await models.District.all().order_by("id")
    children: dict[str | None, list[models.District]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    roots = children.get(None, [])
    city = roots[0] if roots else None

    def below(parent: str | None) -> list[DistrictOut]:
        return [
            DistrictOut(id=one.id, name=one.name, name_en=one.name_en or one.name, children=below(one.id))
            for one in children.get(parent, [])
        ]

    return CityOut(
        name=city.name if city else "",
        name_en=(city.name_en or city.name) if city else "",
        districts=below(city.id) if city else [],
        departments=list(context.directory.shown.values()),
        emergencies=emergency_rules(context.policy),
        emergency_sentences=emergency_sentences(context.policy),
    )


def emergency_rules(policy: Policy) -> list[EmergencyOut]:
    """The policy's words for emergencies, each rule whole: whoever talks to a person must recognise them at once."""
    common = policy.emergencies.model_dump(mode="json", include={"negations", "fillers", "exceptions"})
    return [EmergencyOut(**rule.model_dump(mode="json"), **common) for rule in policy.emergencies.rules]


def emergency_sentences(policy: Policy) -> EmergencySentences:
    """The policy's, or the built-in ones of a policy that has none."""
    sentences = policy.emergencies.sentences or built_in_policy().emergencies.sentences
    assert sentences is not None
    return EmergencySentences(**sentences.model_dump(mode="json"))
