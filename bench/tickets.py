"""Whole loops over HTTP: filed, dispatched by the duty list, looked at, signed, replied, rated, closed."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from bench.http import Http

STORY = (
    "今天上午十点半起整个厂区停电，两条生产线全部停下，配电房没有跳闸，问过物业说不是园区内部的原因。"
    "冷库里还有四十吨原料，最多撑六个小时。请尽快派人来查线路，并告诉我们大概什么时候恢复。"
)
REPLY = (
    "经查，工业大道支线因施工挖断电缆，抢修人员已于今日13时20分完成更换并恢复供电。"
    "我局已要求施工单位停工整改，并将贵公司线路列入重点巡视。如再次停电请直接联系片区客户经理。"
)
_SCENARIO = "power-cut"
_DISTRICT = "chengdong"

AfterWrite = Callable[[], Awaitable[None]]


class Loops:
    """Plays loops against one backend; every enterprise is somebody else, handlers take turns."""

    def __init__(self, http: Http, token: str, handlers: int, enterprises: int) -> None:
        self._http = http
        self._token = token
        self._handlers = handlers
        self._enterprises = enterprises
        self._turns = itertools.count()
        self._ticket = _form()

    async def bind_handlers(self, passwords: Mapping[str, str]) -> None:
        """Give the unit's handlers an account in the staff bot, as they would get one: by a one-time code."""
        for number in range(self._handlers):
            login = {"username": f"power-{number + 1}", "password": passwords[f"power-{number + 1}"]}
            session = await self._send("POST", "/staff/sessions", login)
            code = await self._send("POST", "/staff/binding-codes", token=session["token"], key=f"code-{number:08d}")
            await self._send(
                "POST", "/staff/bindings", {"code": code["code"]}, _handler(number), key=f"bind-{number:08d}"
            )

    async def meet_enterprises(self) -> None:
        """One loop for each enterprise, so that all of them are on file."""
        for _ in range(self._enterprises):
            await self.play()

    async def play(self, after_write: AfterWrite | None = None) -> float:
        """One loop; its seconds. `after_write` is called after each of the four writes."""
        turn = next(self._turns)
        enterprise, handler = f"telegram:{700000 + turn % self._enterprises}", _handler(turn % self._handlers)
        began = time.perf_counter()

        async def write(path: str, body: Mapping[str, Any], actor: str) -> Any:
            answer = await self._send("POST", path, body, actor, key=f"loop-{turn:08d}-{path[-6:]}")
            if after_write is not None:
                await after_write()
            return answer

        filed = await write("/tickets", self._form_of(turn), enterprise)
        number = filed["number"]
        seen = await self._send("GET", f"/tickets/{number}", actor=handler)
        part = seen["assignments"][0]["id"]
        signed = await write(f"/assignments/{part}/sign", {"version": seen["version"]}, handler)
        reply = {"version": signed["version"], "text": REPLY, "solved": True}
        await write(f"/assignments/{part}/reply", reply, handler)
        rating = {"grade": "satisfied", "solved": True, "comment": "处理很快，谢谢。"}
        closed = await write(f"/tickets/{number}/ratings", rating, enterprise)
        if closed["state"] != "closed":
            raise RuntimeError(f"a loop ended in state {closed['state']}")
        return time.perf_counter() - began

    def _form_of(self, turn: int) -> dict[str, Any]:
        enterprise = turn % self._enterprises
        return self._ticket | {
            "enterprise": {"name": f"榕江市第{enterprise}机械制造有限公司"},
            "contact": {"name": "王经理", "phone": f"+8613800{enterprise:06d}"},
        }

    async def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        actor: str | None = None,
        *,
        token: str | None = None,
        key: str | None = None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {token or self._token}"}
        if actor is not None:
            headers["Jiesu-Actor"] = quote(actor, safe=":")
        if key is not None:
            headers["Idempotency-Key"] = key
        status, answer = await self._http.send(method, f"/api/v1{path}", headers, body)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()}")
        return json.loads(answer)


def _handler(number: int) -> str:
    return f"telegram-staff:{900000 + number}"


def _form() -> dict[str, Any]:
    """A form as the conversation of the power-cut scenario files it."""
    asked = (
        ("matter", "遇到什么情况", "What happened", "outage", "现在没有电", "There is no power now"),
        ("danger", "有没有危险", "Is there danger", False, "没有", "No"),
        ("since", "什么时候开始", "Since when", "2026-11-22", "2026年11月22日", "22 November 2026"),
        ("supply", "电费交给谁", "Who bills you", "grid", "供电局", "The power company"),
        ("effect", "生产受什么影响", "What it does to your work", "stopped", "全部停产", "All work has stopped"),
        ("called", "打过95598吗", "Did you call 95598", True, "打过", "Yes"),
    )
    return {
        "kind": "help",
        "scenario": _SCENARIO,
        "scenario_version": 1,
        "title": "供电：厂区停电，全部停产",
        "story": STORY,
        "district": _DISTRICT,
        "address": "工业大道66号",
        "location": {"latitude": 23.551, "longitude": 116.372, "label": "工业大道"},
        "answers": [
            {"field": field, "label": {"zh": zh, "en": en}, "value": value, "shown": {"zh": told, "en": told_en}}
            for field, zh, en, value, told, told_en in asked
        ],
    }
