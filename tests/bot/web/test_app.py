"""Pages, log-in and files over plain HTTP: headers, cookies, foreign origins, and who may have which file."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from bot.web.app import build_app
from bot.web.cookies import STAFF_COOKIE, VISITOR_COOKIE, device_cookie
from bot.web.deps import CallPanel
from bot.web.identity import Signer
from bot.web.pages import FOLDER
from tests.bot.web.conftest import House
from tests.bot.web.pages import Page, text_of
from tests.bot.web.pictures import photo


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def log_in(house: House, session: aiohttp.ClientSession, username: str) -> None:
    form = {"username": username, "password": house.backend.city.passwords[username]}
    async with session.post(f"{house.url}/staff/log-in", data=form, headers={"Origin": house.url}) as answer:
        assert answer.status == 200
        assert answer.url.path == "/staff"


async def upload(house: House, session: aiohttp.ClientSession, content: bytes, base: str = "/chat") -> tuple[int, str]:
    headers = {"Origin": house.url, "Idempotency-Key": house.backend.key(), "Jiesu-Filename": "%E7%94%B5%E8%A1%A8.png"}
    async with session.post(f"{house.url}{base}/files", data=content, headers=headers) as answer:
        body = await answer.json()
        return answer.status, body.get("id") or body["code"]


async def test_pages_forbid_everything_they_do_not_need(house: House, session: aiohttp.ClientSession) -> None:
    for path in ("/", "/staff/log-in", "/staff"):
        async with session.get(house.url + path) as page:
            html = await page.text()
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert page.headers["X-Frame-Options"] == "DENY"
            assert page.headers["X-Content-Type-Options"] == "nosniff"
            assert page.headers["Referrer-Policy"] == "same-origin"
            assert page.headers["Cache-Control"] == "no-store"
            assert not re.search(r"\son\w+=|\sstyle=|<style|https?://(?!www\.w3\.org)", html)


async def test_assets_are_kept_for_ever_and_never_mixed(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(house.url) as page:
        found = re.findall(r'(?:src|href|data-words)="(/assets/[^"]+)"', await page.text())
    kinds = Counter(path.rpartition(".")[2] for path in found)
    assert kinds == {"svg": 1, "css": 1, "js": len(list(FOLDER.glob("*.js"))), "json": 2}
    for path in found:
        async with session.get(house.url + path, headers={"Accept-Encoding": "gzip;q=0"}) as asset:
            assert asset.status == 200
            assert "immutable" in asset.headers["Cache-Control"]
            assert asset.headers["Vary"] == "Accept-Encoding"
            assert "Content-Encoding" not in asset.headers
            whole = await asset.read()
        async with session.get(house.url + path, headers={"Accept-Encoding": "br, gzip"}) as asset:
            assert await asset.read() == whole
            assert int(asset.headers["Content-Length"]) <= len(whole)
            assert ("Content-Encoding" in asset.headers) == (int(asset.headers["Content-Length"]) < len(whole))
        async with session.get(house.url + re.sub(r"/assets/\w+/", "/assets/000000000000/", path)) as other:
            assert other.status == 404
    for path in ("/assets/x/..%2f..%2fapp.py", found[0].rsplit("/", 1)[0] + "/..%2fapp.py"):
        async with session.get(URL(house.url + path, encoded=True)) as outside:
            assert outside.status == 404


@pytest.mark.parametrize("path", ["/", "/staff"])
async def test_a_page_is_light_on_a_slow_line(house: House, session: aiohttp.ClientSession, path: str) -> None:
    """It names at once all that it loads, and carries the words alone that it says itself, in one language."""
    await log_in(house, session, "power-1")
    async with session.get(house.url + path, headers={"Accept-Language": "zh-CN"}) as page:
        assert "Content-Encoding" not in page.headers  # its length would tell of what is secret on it
        html = await page.text()
    weight = len(html.encode())
    for file in re.findall(r'(?:src|href)="(/assets/[^"]+)"', html):
        async with session.get(house.url + file, headers={"Accept-Encoding": "gzip"}) as asset:
            weight += int(asset.headers["Content-Length"])
    assert weight < 36_000
    modules = {name.name for name in FOLDER.glob("*.js")} - {"chat.js"}
    assert set(re.findall(r'<link rel="modulepreload" href="/assets/\w+/([^"]+)"', html)) == modules
    found = re.search(r'<script type="application/json" id="words-zh_CN">(.*?)</script>', html)
    assert found is not None
    said = {*re.findall(r'data-t(?:-label)?="([^"]+)"', html)}
    for script in FOLDER.glob("*.js"):
        said |= {*re.findall(r'"(web(?:\.[a-z_]+)+)"', script.read_text(encoding="utf-8"))}
    if path == "/staff":  # nobody records there
        said = {key for key in said if not key.startswith("web.record.")}
    carried = set(json.loads(found[1]))
    assert said - carried == set()
    assert {key for key in carried - said if not key.startswith(("web.call.", "queue."))} == set()


async def test_a_visitor_keeps_the_identity_and_scripts_cannot_read_it(
    house: House, session: aiohttp.ClientSession
) -> None:
    async with session.get(house.url) as first:
        cookie = first.cookies[VISITOR_COOKIE]
    async with session.get(house.url) as second:
        assert second.cookies[VISITOR_COOKIE].value == cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]  # the test's public address is on http


async def test_a_forged_cookie_makes_a_stranger(house: House) -> None:
    forged = f"{'a' * 32}.{'b' * 64}"
    async with aiohttp.ClientSession(cookies={VISITOR_COOKIE: forged}) as session, session.get(house.url) as page:
        assert page.cookies[VISITOR_COOKIE].value != forged


async def test_on_https_cookies_are_of_this_host_alone_and_former_ones_are_taken_over(house: House) -> None:
    """What a browser sent before the names changed still brings the visitor and the log-in back."""
    deps = replace(house.deps, public_url="https://jiesu.example")
    runner = web.AppRunner(build_app(deps), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = "http://{}:{}".format(*runner.addresses[0][:2])
        visitor = Signer(deps.secret).cookie("a" * 32)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            async with browser.get(url, headers={"Cookie": f"{VISITOR_COOKIE}={visitor}"}) as page:
                given, former = page.cookies[f"__Host-{VISITOR_COOKIE}"], page.cookies[VISITOR_COOKIE]
            assert (given.value, given["path"], given["domain"], given["secure"]) == (visitor, "/", "", True)
            assert former["max-age"] == "0"
            other = Signer(deps.secret).cookie("b" * 32)
            both = f"{VISITOR_COOKIE}={other}; __Host-{VISITOR_COOKIE}={visitor}"
            async with browser.get(url, headers={"Cookie": both}) as page:
                assert page.cookies[f"__Host-{VISITOR_COOKIE}"].value == visitor
            form = {"username": "power-1", "password": house.backend.city.passwords["power-1"]}
            about: dict[str, Any] = {"data": form, "headers": {"Origin": deps.public_url}, "allow_redirects": False}
            async with browser.post(f"{url}/staff/log-in", **about) as answer:
                names = {f"__Host-{STAFF_COOKIE}", f"__Host-{device_cookie('power-1')}"}
                assert set(answer.cookies) == names
                for name in names:
                    cookie = answer.cookies[name]
                    assert (cookie["path"], cookie["secure"], cookie["httponly"]) == ("/", True, True)
                    assert (cookie["samesite"], cookie["domain"]) == ("Strict", "")
                token = answer.cookies[f"__Host-{STAFF_COOKIE}"].value
            for name in (STAFF_COOKIE, f"__Host-{STAFF_COOKIE}"):
                async with browser.get(f"{url}/staff", headers={"Cookie": f"{name}={token}"}) as page:
                    assert "徐强" in await page.text()
            gone = {"Origin": deps.public_url, "Cookie": f"__Host-{STAFF_COOKIE}={token}"}
            async with browser.post(f"{url}/staff/log-out", headers=gone, allow_redirects=False) as answer:
                assert answer.cookies[f"__Host-{STAFF_COOKIE}"]["secure"]
    finally:
        await runner.cleanup()


async def test_strangers_do_not_delay_a_browser_that_logged_in_before(
    house: House, session: aiohttp.ClientSession
) -> None:
    form = {"username": "power-1", "password": house.backend.city.passwords["power-1"]}
    post: dict[str, Any] = {"headers": {"Origin": house.url}, "allow_redirects": False}
    async with session.post(f"{house.url}/staff/log-in", data=form, **post) as answer:
        assert answer.status == 303
    async with aiohttp.ClientSession() as stranger:
        for _ in range(6):
            await stranger.post(f"{house.url}/staff/log-in", data=form | {"password": "wrong"}, **post)
        async with stranger.post(f"{house.url}/staff/log-in", data=form, **post) as answer:
            assert answer.status == 429
        elsewhere = post | {"headers": post["headers"] | {"X-Forwarded-For": "203.0.113.9"}}
        async with stranger.post(f"{house.url}/staff/log-in", data=form, **elsewhere) as answer:
            assert answer.status == 303  # from elsewhere nobody is delayed
    async with session.post(f"{house.url}/staff/log-in", data=form, **post) as answer:
        assert answer.status == 303


async def test_log_in_gives_a_cookie_for_the_staff_page_alone(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{house.url}/staff") as page:
        assert page.url.path == "/staff/log-in"
    form = {"username": "power-1", "password": house.backend.city.passwords["power-1"]}
    headers = {"Origin": house.url}
    async with session.post(f"{house.url}/staff/log-in", data=form, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303
        cookie = answer.cookies[STAFF_COOKIE]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/staff", "Strict", True)
        assert int(cookie["max-age"]) > 0
    async with session.get(f"{house.url}/staff") as page:
        assert "徐强" in await page.text()


async def test_wrong_passwords_are_told_and_limited(house: House, session: aiohttp.ClientSession) -> None:
    statuses = []
    for password in ("", *(["wrong"] * 6)):
        form = {"username": "power-2", "password": password}
        async with session.post(f"{house.url}/staff/log-in", data=form, headers={"Origin": house.url}) as answer:
            statuses.append(answer.status)
            html = await answer.text()
            assert 'role="alert"' in html
    assert statuses == [401] * 6 + [429]
    assert "3 分钟" in html


async def _change(house: House, session: aiohttp.ClientSession, old: str, new: str, again: str = "") -> tuple[int, str]:
    form = {"old": old, "new": new, "again": again or new}
    async with session.post(f"{house.url}/staff/password", data=form, headers={"Origin": house.url}) as answer:
        return answer.status, await answer.text()


async def test_a_password_is_changed_with_the_old_one_and_ends_the_other_sessions(
    house: House, session: aiohttp.ClientSession
) -> None:
    old, new = house.backend.city.passwords["power-1"], "十二个字符以上的新密码啊"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as elsewhere:
        for one in (session, elsewhere):
            await log_in(house, one, "power-1")
        async with session.get(f"{house.url}/staff/password") as page:
            assert "徐强" in await page.text()
        for status, words, typed in (
            (422, "不一样", (old, new, new + "x")),
            (422, "至少 8 个字符", (old, "short")),
            (422, "谁都会先试", (old, "woaini1314")),
            (422, "不能和现在的一样", (old, old)),
            (422, "现在的密码不对", ("wrong", new)),
            (200, "密码已修改", (old, new)),
        ):
            told, html = await _change(house, session, *typed)
            assert (told, words in html) == (status, True)
            assert new not in html
        async with session.get(f"{house.url}/staff") as page:
            assert page.url.path == "/staff"
        async with elsewhere.get(f"{house.url}/staff") as page:
            assert page.url.path == "/staff/log-in"
        for password, status in ((old, 401), (new, 200)):
            form = {"username": "power-1", "password": password}
            async with elsewhere.post(f"{house.url}/staff/log-in", data=form, headers={"Origin": house.url}) as answer:
                assert answer.status == status


async def test_guessing_the_old_password_is_limited_and_shuts_nobody_out(
    house: House, session: aiohttp.ClientSession
) -> None:
    old = house.backend.city.passwords["power-2"]
    await log_in(house, session, "power-2")
    told = [await _change(house, session, "wrong", "another long password") for _ in range(5)]
    assert [status for status, _ in told] == [422] * 5
    status, html = await _change(house, session, old, "another long password")
    assert (status, "3 分钟" in html) == (429, True)
    form = {"username": "power-2", "password": old}
    async with session.post(f"{house.url}/staff/log-in", data=form, headers={"Origin": house.url}) as answer:
        assert answer.url.path == "/staff"  # whoever sits at an open page cannot keep its owner from logging in


async def test_without_a_session_nobody_gets_to_the_password(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{house.url}/staff/password") as page:
        assert page.url.path == "/staff/log-in"
    async with session.post(f"{house.url}/staff/password", data={}, headers={"Origin": house.url}) as page:
        assert page.url.path == "/staff/log-in"


async def test_what_was_typed_comes_back_as_text(house: House, session: aiohttp.ClientSession) -> None:
    form = {"username": '"><script>alert(1)</script>', "password": "x"}
    async with session.post(f"{house.url}/staff/log-in", data=form, headers={"Origin": house.url}) as answer:
        assert "<script>alert" not in await answer.text()


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "http://127.0.0.1:1"])
async def test_no_other_page_can_act(house: House, session: aiohttp.ClientSession, origin: str | None) -> None:
    await log_in(house, session, "power-1")
    headers = {"Origin": origin} if origin else {}
    for path in ("/chat/files", "/staff/files", "/staff/log-in", "/staff/log-out", "/staff/password"):
        async with session.post(house.url + path, data=b"x", headers=headers) as answer:
            assert answer.status == 403


async def test_log_out_ends_the_session_everywhere(house: House, session: aiohttp.ClientSession) -> None:
    await log_in(house, session, "power-1")
    token = session.cookie_jar.filter_cookies(URL(f"{house.url}/staff"))[STAFF_COOKIE].value
    async with Page(house, session, "/staff") as page:
        async with session.post(f"{house.url}/staff/log-out", headers={"Origin": house.url}) as answer:
            assert answer.url.path == "/staff/log-in"
            assert "已退出" in await answer.text()
        while (message := await page.socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.data == 4401
    async with session.get(f"{house.url}/staff", cookies={STAFF_COOKIE: token}) as again:
        assert again.url.path == "/staff/log-in"


async def test_a_page_closes_when_its_session_ends_elsewhere(house: House, session: aiohttp.ClientSession) -> None:
    await log_in(house, session, "power-1")
    token = session.cookie_jar.filter_cookies(URL(f"{house.url}/staff"))[STAFF_COOKIE].value
    async with Page(house, session, "/staff") as page:
        await house.backend.client.with_token(token).log_out(key=house.backend.key())
        while (message := await page.socket.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert message.data == 4401


async def test_staff_act_by_their_own_session(house: House, session: aiohttp.ClientSession) -> None:
    await log_in(house, session, "power-1")
    async with Page(house, session, "/staff") as page:
        [greeting] = await page.starts()
        assert "徐强" in text_of(greeting)
        assert "榕江供电局" in text_of(greeting)


async def test_files_are_downloads_and_only_for_their_owner(house: House, session: aiohttp.ClientSession) -> None:
    await session.get(house.url)
    status, file = await upload(house, session, photo())
    assert status == 201
    async with session.get(f"{house.url}/chat/files/{file}") as got:
        assert await got.read() == photo()
        assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%94%B5%E8%A1%A8.png"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert got.content_type == "image/png"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as stranger:
        async with stranger.get(f"{house.url}/chat/files/{file}") as refused:
            assert refused.status == 401
        await stranger.get(house.url)
        async with stranger.get(f"{house.url}/chat/files/{file}") as refused:
            assert refused.status in (403, 404)


async def test_files_that_are_too_large_or_of_no_use_are_refused(house: House, session: aiohttp.ClientSession) -> None:
    await session.get(house.url)
    assert await upload(house, session, b"MZ" + bytes(100)) == (415, "attachment-type")
    status, code = 0, ""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield bytes(64 * 1024)

    headers = {"Origin": house.url, "Idempotency-Key": house.backend.key()}
    async with session.post(f"{house.url}/chat/files", data=endless(), headers=headers) as answer:
        status, code = answer.status, (await answer.json())["code"]
    assert (status, code) == (413, "attachment-too-large")


async def test_a_flood_of_files_is_slowed(house: House, session: aiohttp.ClientSession) -> None:
    await session.get(house.url)
    statuses = [(await upload(house, session, b"x"))[0] for _ in range(24)]
    assert statuses[0] == 415
    assert statuses[-1] == 429


async def test_the_call_button_is_there_only_when_calls_are_taken(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(house.url) as page:
        assert 'id="call"' not in await page.text()
        assert "microphone=(self)" in page.headers["Permissions-Policy"]  # voice messages
    await house.close()
    house.call = CallPanel("/call/0/call.js", "/call/0/call.css")
    await house.open()
    async with session.get(house.url) as page:
        html = await page.text()
        assert 'id="call"' in html
        assert 'src="/call/0/call.js"' in html
        assert 'href="/call/0/call.css"' in html
        assert "microphone=(self)" in page.headers["Permissions-Policy"]
        assert "camera=()" in page.headers["Permissions-Policy"]
    await log_in(house, session, "power-1")
    async with session.get(house.url + "/staff") as page:
        assert 'id="call"' not in await page.text()
        assert "microphone=()" in page.headers["Permissions-Policy"]


async def test_a_page_that_cannot_work_offers_the_hotline_to_dial(house: House, session: aiohttp.ClientSession) -> None:
    async with session.get(house.url) as page:
        html = await page.text()
    for start in ('<noscript><p class="notice" role="alert">', '<p class="notice late" id="late">'):
        assert '<a href="tel:12345">12345</a>' in html.partition(start)[2].partition("</p>")[0]


@pytest.mark.parametrize(
    ("language", "forgotten", "lost"),
    [
        ("zh-CN", "忘记密码了？请联系办公室的系统管理员", "备用码也没有了？"),
        ("en", "Forgot your password?", "no recovery code left?"),
    ],
)
async def test_who_forgot_the_password_or_lost_the_app_reads_what_to_do(
    house: House, session: aiohttp.ClientSession, language: str, forgotten: str, lost: str
) -> None:
    """Who does it, and by which command: nobody else can, and the page said nothing."""
    async with session.get(f"{house.url}/staff/log-in", headers={"Accept-Language": language}) as page:
        text = await page.text()
    assert forgotten in text
    assert "jiesu staff password" in text
    headers = {"Accept-Language": language, "Origin": house.url}
    form = {
        "ticket": "",
        "username": "power-1",
        "code": "000000000000000000000000000000000000000000000000000000000000000",
    }
    async with session.post(f"{house.url}/staff/log-in/code", data=form, headers=headers) as page:
        text = await page.text()
    assert lost in text
    assert "jiesu staff reset-totp" in text
