"""Texts before translation; they stand in the contract, for the backend tells faults of files by them."""

from backend.contract.message import Localized as Localized
from backend.contract.message import Message as Message
from backend.contract.message import Words as Words
from backend.contract.message import words_from_json as words_from_json
from backend.contract.message import words_to_json as words_to_json
