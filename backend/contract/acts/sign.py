"""Signing for an assignment 签收."""

from __future__ import annotations

from backend.contract.acts.act import Act, On, OnVersion
from backend.contract.models.tickets import TicketOut
from backend.contract.words import Permission


class SignIn(OnVersion):
    pass


SIGN = Act(
    verb="sign",
    permission=Permission.SIGN,
    on=On.ASSIGNMENT,
    request=SignIn,
    gives=TicketOut,
    operation="sign_assignment",
    path="sign",
    summary="Sign for it 签收; who signs handles it.",
    confirmed=False,
    typed="sign",
)
