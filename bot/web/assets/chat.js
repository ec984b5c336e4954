// The page: brings the line, the messages, the composer and what is not sent yet together.

import { Bubbles } from "./bubbles.js";
import { Composer } from "./composer.js";
import { Line } from "./line.js";
import { Store } from "./store.js";
import { newId, upload } from "./uploads.js";
import { language, speak, t } from "./words.js";

const { kind, base, storage, limit } = document.body.dataset;
const log = document.getElementById("log");
const state = document.getElementById("state");
const working = document.getElementById("working");
const picker = document.getElementById("language");
const store = new Store(storage);
const title = document.title;

let last = ""; // place of the newest transcript entry on this page
let unread = 0;
let ready = false; // the line is open and what was missed is here
let flying = null; // the event that was sent and is not acknowledged
const queue = store.unsent(); // one flies at a time, so that order is kept
const failed = new Map();

if (store.get("language")) speak(store.get("language"));
picker.value = language;

const bubbles = new Bubbles(log, document.getElementById("talk"), base, {
  press: (command, label, of) => act({ type: "press", command, label, of }, label, of),
  share: (of) => sharePlace(of),
  retry: (id) => {
    const item = failed.get(id);
    if (!item) return;
    failed.delete(id);
    bubbles.fate(id, "waiting");
    queue.push(item);
    fly();
  },
});
const composer = new Composer(store, { text: (text) => act({ type: "text", text }, text), files: send, place: () => sharePlace() });
composer.expect("text");

const line = new Line(base, {
  hello: () => ({ type: "hello", last, language }),
  state: showState,
  frame: take,
});

for (const item of queue) showOwn(item);
for (const button of document.querySelectorAll("button[data-command]")) {
  button.addEventListener("click", () => {
    act({ type: "press", command: button.dataset.command, label: button.textContent }, button.textContent);
  });
}
picker.addEventListener("change", () => {
  const label = picker.selectedOptions[0].textContent;
  act({ type: "press", command: `language:${picker.value}`, label }, label);
});
document.getElementById("log-out")?.addEventListener("submit", () => store.clear());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
});
line.open();

// --- what the person does ---

function act(event, shown = "", of = "", id = newId()) {
  const item = { id, at: Date.now(), event, shown, of };
  store.keep(item);
  queue.push(item);
  showOwn(item);
  fly();
}

function showOwn({ id, shown, of }) {
  if (!shown) return;
  bubbles.show({ key: `${id}.you`, who: "you", event: id, of, text: [{ text: shown }], pending: true });
  if (!ready) bubbles.fate(id, "waiting");
}

// How much is not acknowledged yet, for whoever watches the page: an assistive tool, a test.
function count() {
  document.documentElement.dataset.unsent = String(queue.length);
}

function fly() {
  count();
  if (flying || !queue.length || !ready) return;
  flying = queue[0];
  line.send({ type: "event", id: flying.id, event: flying.event });
  setTimeout(() => (working.hidden = !flying), 300);
}

function landed(id) {
  if (flying?.id === id) flying = null;
  const at = queue.findIndex((item) => item.id === id);
  const [item] = at >= 0 ? queue.splice(at, 1) : [];
  working.hidden = true;
  count();
  return item;
}

async function send(files) {
  const id = newId();
  const progress = bubbles.uploading(id, files);
  const uploads = [];
  const refused = [];
  for (const [place, file] of files.entries()) {
    const { kept, reason } = await upload(base, file, Number(limit), (part) => progress((place + part) / files.length));
    if (kept) uploads.push({ id: kept.id, kind: kept.kind, media_type: kept.media_type, size: kept.size, name: kept.name });
    else refused.push({ type: "rejected", reason, name: file.name.slice(0, 300) });
  }
  progress(null);
  if (uploads.length) act({ type: "media", uploads }, "", "", id);
  for (const event of refused) act(event, "", "", uploads.length ? newId() : id);
}

function sharePlace(of = "") {
  const failedWith = (key) => {
    state.textContent = key;
    state.hidden = false;
  };
  if (!navigator.geolocation) {
    failedWith(t("web.no_location"));
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const event = { type: "place", latitude: coords.latitude, longitude: coords.longitude };
      act(event, `📍 ${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`, of);
    },
    () => failedWith(t("web.no_location")),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
}

// --- what the server says ---

function take(frame) {
  switch (frame.type) {
    case "welcome":
      log.setAttribute("aria-live", "off"); // what was said before is not read out again
      bubbles.replaying = true;
      begin(frame.fresh);
      break;
    case "message":
      if (frame.seq && newer(frame.seq, last)) last = frame.seq;
      take_message(frame.message);
      break;
    case "ready":
      bubbles.replaying = false;
      for (const item of queue) bubbles.settle({ of: item.of, text: [{ text: item.shown }] });
      log.setAttribute("aria-live", "polite");
      fly();
      break;
    case "ack":
      landed(frame.id);
      store.drop(frame.id);
      bubbles.fate(frame.id, "");
      fly();
      break;
    case "wait":
      setTimeout(() => {
        if (flying?.id === frame.id) flying = null;
        fly();
      }, frame.seconds * 1000);
      break;
    case "failed": {
      const item = landed(frame.id);
      if (item) failed.set(frame.id, item);
      bubbles.fate(frame.id, "failed");
      fly();
      break;
    }
  }
}

function take_message(bubble) {
  const fresh = bubbles.show(bubble);
  if (bubble.notice) line.send({ type: "seen", key: bubble.notice });
  if (bubble.who !== "us") return;
  if (bubble.expects) composer.expect(bubble.expects);
  if (!bubble.notice && bubble.event && bubble.language && bubble.language !== language) {
    speak(bubble.language);
    picker.value = language;
    composer.expect(composer.kind);
    store.set("language", language);
  }
  if (fresh && document.hidden) document.title = `(${++unread}) ${title}`;
}

// Open the conversation when there is none, or at the scenario that the address names.
function begin(fresh) {
  const payload = new URLSearchParams(location.search).get("start") ?? "";
  if (payload) history.replaceState(null, "", location.pathname);
  if (payload || (fresh && bubbles.empty && !queue.length)) act({ type: "start", payload: payload.slice(0, 64) });
}

function newer(one, other) {
  if (!other) return true;
  const [time, count] = one.split("-").map(Number);
  const [otherTime, otherCount] = other.split("-").map(Number);
  return time > otherTime || (time === otherTime && count > otherCount);
}

function showState(name) {
  ready = name === "online";
  if (!ready) flying = null;
  working.hidden = true;
  if (name === "logged-out") {
    location.assign(kind === "staff" ? `/staff/log-in?${store.holds() ? "kept" : "ended"}` : "/");
    return;
  }
  const words = {
    online: () => (state.hidden ? "" : t("web.state.online")),
    connecting: () => t("web.state.connecting"),
    offline: () => t("web.state.offline"),
    "too-many-pages": () => t("web.state.too_many_pages"),
  }[name]();
  state.textContent = words;
  state.hidden = !words;
  if (name === "online" && words) setTimeout(() => (state.hidden = true), 4000);
}
