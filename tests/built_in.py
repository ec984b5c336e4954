"""What comes with the product, read once a process: the scenarios take 0.7 s, the policy 0.1 s."""

from functools import cache

from backend.rules.policy.file import load_policy
from backend.rules.policy.policy import Policy
from dialogs.templates.loader import BUILT_IN, load_scenarios
from dialogs.templates.parsers import DistrictTree
from dialogs.templates.scenario import Scenarios


@cache
def built_in_scenarios(districts: DistrictTree = ()) -> Scenarios:
    return load_scenarios(BUILT_IN, districts)


@cache
def default_policy() -> Policy:
    return load_policy(None)
