// The page: brings the line, the messages, the composer and what is not sent yet together.

import { Bubbles } from "./bubbles.js";
import { Composer } from "./composer.js";
import "./fitting.js";
import { Line } from "./line.js";
import { Questions } from "./questions.js";
import { Reading } from "./reading.js";
import { Recorder } from "./recorder.js";
import { Store } from "./store.js";
import { newId, upload } from "./uploads.js";
import { fitting, language, speak, t } from "./words.js";

// As the server has them: bot/web/protocol.py.
const MOST_FILES = 20;
const MOST_BYTES = 64 * 1024;
const MOST_CHARACTERS = 10000;

const QUIET = 180000; // milliseconds without a sign after which an upload of another tab has ended: browsers slow hidden tabs down

const { kind, base, storage, limit } = document.body.dataset;
const log = document.getElementById("log");
const state = document.getElementById("state");
const working = document.getElementById("working");
const picker = document.getElementById("language");
const store = new Store(storage);
const title = document.title;

let last = ""; // place of the newest transcript entry on this page
let unread = 0;
let begun = false; // the line has been open
let ready = false; // the line is open and what was missed is here
let flying = null; // the event that was sent last and is not acknowledged
let more = ""; // its id, where the server waits for what comes after it
const kept = store.unsent();
const queue = kept.filter((item) => item.event && !item.refused); // one flies at a time, so that order is kept
const apart = new Map(); // what was not taken, by id: it waits for the person
const uploading = new Map(); // id -> what stops the files of an event that are on their way: it is made when they are there
const inHand = new Map(); // id -> files that did not get there, and are still to be had
const seen = new Set(); // notices that the person has had before their eyes
const questions = new Questions(store);

const reading = new Reading(document.getElementById("talk"), document.getElementById("content"), document.getElementById("new-below"));
const bubbles = new Bubbles(log, reading, base, {
  press: (command, label, of, question) => press(command, label, of, question),
  share: (of, question) => sharePlace(of, question),
  retry: (id) => {
    const item = takeBack(id);
    if (!item) return;
    delete item.refused;
    bubbles.settle({ event: id, of: item.of, text: [{ text: item.shown }] });
    bubbles.wait(id);
    if (item.event) join(item);
    else carry({ ...item, question: questions.present });
  },
  edit: (id) => {
    const item = takeBack(id);
    store.drop(id);
    bubbles.remove(id);
    if (item) composer.bring(item.event.text);
  },
  remove: (id) => {
    takeBack(id);
    inHand.delete(id);
    uploading.get(id)?.abort();
    store.drop(id);
    bubbles.remove(id);
    composer.box.focus();
  },
  seen: (notice) => {
    seen.add(notice);
    line.send({ type: "seen", key: notice });
  },
});
const record = document.getElementById("record"); // the staff's page has none
const recorder = record && new Recorder(record, (file) => send([file], true));
const composer = new Composer(store, {
  text: (text) => act({ type: "text", text }, { shown: text }),
  files: send,
  place: () => sharePlace(),
  typing: (busy) => {
    questions.hold(busy);
    recorder?.hide(busy);
  },
});
composer.expect("text");

const line = new Line(base, {
  hello: () => ({ type: "hello", last, language, page: storage }),
  state: showState,
  frame: take,
  refused: (code) => flying && refuse(flying, code === 1009 ? "too-long" : "not-taken"),
});

addEventListener("beforeunload", (event) => {
  if (!uploading.size || line.ended) return;
  event.preventDefault();
  event.returnValue = true; // before Chrome 119
});
for (const button of document.querySelectorAll("button[data-command]")) {
  button.addEventListener("click", () => {
    press(button.dataset.command, button.textContent);
  });
}
picker.addEventListener("change", () => {
  press(`language:${picker.value}`, picker.selectedOptions[0].textContent);
});
document.getElementById("log-out")?.addEventListener("submit", () => {
  store.clear();
  store.set("left", "1"); // for the other tabs
  line.end(); // the server closes it before it answers, and the page would say that the log-in ended by itself
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
});
picker.value = language; // and not what it was before a reload
talkIn(store.get("language") || language).then(() => {
  for (const item of kept) recall(item);
  store.set("left", "");
  line.open();
  document.getElementById("late").remove();
  document.getElementById("send").disabled = false;
});

// --- what the person does ---

function act(event, { shown = "", of = "", question = questions.present } = {}) {
  const looks = event.type === "press" && (!of || question !== questions.present) ? event.command : "";
  const item = { id: newId(), at: Date.now(), event, shown, of, question, looks, tab: questions.tab };
  showOwn(item);
  join(item);
}

function join(item) {
  item.behind = queue.length > 0;
  store.keep(item);
  queue.push(item);
  if (ready && uploading.size && item.event) bubbles.wait(item.id, "web.behind");
  fly();
}

function press(command, shown, of = "", question = undefined) {
  const label = fitting(shown, 200);
  act({ type: "press", command, label, of }, { shown: label, of, question });
}

function showOwn({ id, shown, of }) {
  if (!shown) return;
  bubbles.show({ key: `${id}.you`, who: "you", event: id, of, text: [{ text: shown }], pending: true });
  if (!ready) bubbles.wait(id);
}

// What was not sent when this page, or another of the person, was left.
function recall(item) {
  // Files cannot be kept over a reload. Those of another tab may still be on their way.
  const alive = item.event || item.refused || item.tab === questions.tab ? 0 : item.alive + QUIET - Date.now();
  if (alive > 0) {
    setTimeout(() => store.unsent().filter((one) => one.id === item.id).forEach(recall), alive);
    return;
  }
  showOwn(item);
  if (!item.event) setApart({ ...item, refused: "broken-off" });
  else if (item.refused) setApart(item);
}

// How much is not acknowledged yet, for whoever watches the page: an assistive tool, a test.
function count() {
  document.documentElement.dataset.unsent = String(queue.length);
}

function fly() {
  count();
  const next = queue[flying ? queue.indexOf(flying) + 1 : 0];
  if ((flying && more !== flying.id) || !next?.event || !ready) return;
  flying = next;
  // What was written or chosen before an answer came is meant for what that answer asks.
  if (flying.behind && ["text", "media", "rejected"].includes(flying.event.type)) flying.question = questions.of(flying.tab) ?? flying.question;
  questions.sent(flying.id, flying.tab, flying.looks);
  const text = JSON.stringify({ type: "event", id: flying.id, event: flying.event, question: flying.question });
  if (new TextEncoder().encode(text).length > MOST_BYTES) {
    refuse(flying, "too-long");
    return;
  }
  line.sendText(text);
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

// It cannot be taken: everything behind it goes on, and the person decides what becomes of it.
function refuse(item, reason) {
  landed(item.id);
  setApart({ ...item, refused: reason, behind: false });
  fly();
}

function setApart(item) {
  if (!item.shown) {
    store.drop(item.id);
    return;
  }
  apart.set(item.id, item);
  store.keep(item);
  const again = inHand.has(item.id) || ["failed", "not-taken"].includes(item.refused) ? ["retry"] : [];
  const edit = item.event?.type === "text" ? ["edit"] : [];
  bubbles.refuse(item.id, refusal(item.refused), [...again, ...edit, "remove"]);
}

// Why, and what to do about it.
function refusal(reason) {
  switch (reason) {
    case "failed":
      return t("web.refused.failed");
    case "too-long":
      return t("web.refused.too_long", { characters: MOST_CHARACTERS });
    case "too-many-files":
      return t("web.refused.too_many_files", { files: MOST_FILES });
    case "not-there":
      return t("web.refused.not_there");
    case "broken-off":
      return t("web.refused.broken_off");
    case "characters":
      return t("web.refused.characters");
    default:
      return t("web.refused.not_taken");
  }
}

function takeBack(id) {
  const item = apart.get(id);
  apart.delete(id);
  return item;
}

// What is written after this waits until the files are there: it belongs to what is asked after them.
function send(files, spoken = false) {
  const item = { id: newId(), at: Date.now(), event: null, shown: named(files, spoken), spoken, of: "", question: questions.present, tab: questions.tab };
  showOwn(item);
  if (files.length > MOST_FILES) {
    bubbles.refuse(item.id, refusal("too-many-files"), ["remove"]);
    return;
  }
  inHand.set(item.id, files);
  carry(item);
}

async function carry(item) {
  const files = inHand.get(item.id);
  const stopping = new AbortController();
  uploading.set(item.id, stopping);
  item.alive = Date.now();
  join(item);
  const show = bubbles.uploading(item.id, files);
  const progress = (part) => {
    show(part);
    if (Date.now() - item.alive < QUIET / 4) return;
    item.alive = Date.now();
    store.keep(item);
  };
  const uploads = [];
  const events = [];
  const lost = [];
  for (const [place, file] of files.entries()) {
    const { kept, reason } = await upload(base, file, Number(limit), (part) => progress((place + part) / files.length), stopping.signal);
    if (kept) uploads.push({ id: kept.id, kind: kept.kind, media_type: kept.media_type, size: kept.size, name: item.spoken ? file.name : kept.name, spoken: Boolean(item.spoken) });
    else if (reason) events.push({ type: "rejected", reason, name: fitting(file.name, 300) });
    else lost.push(file);
  }
  uploading.delete(item.id);
  inHand.delete(item.id);
  if (uploads.length) events.unshift({ type: "media", uploads });
  if (!stopping.signal.aborted) arrive(item, events, lost);
  else landed(item.id);
  fly();
}

// The first event takes the place of what was on its way, the others come right behind it.
function arrive(item, [event, ...others], lost) {
  if (lost.length) {
    const missing = event ? { ...item, id: newId(), shown: named(lost, item.spoken) } : item;
    if (event) showOwn(missing);
    inHand.set(missing.id, lost);
    refuse(missing, "not-there");
  }
  if (!event) return;
  item.event = event;
  const more = others.map((one) => ({ ...item, id: newId(), event: one, shown: "", behind: true }));
  for (const one of [item, ...more]) store.keep(one);
  queue.splice(queue.indexOf(item) + 1, 0, ...more);
  if (ready) bubbles.accept(item.id);
  else bubbles.wait(item.id);
}

// The first names, and how many there are.
function named(files, spoken = false) {
  const names = files.slice(0, MOST_FILES).map((file) => `${spoken ? "🎤" : "📎"} ${fitting(file.name, 300)}`);
  return [...names, ...(files.length > MOST_FILES ? [`… (${files.length})`] : [])].join("\n");
}

function sharePlace(of = "", question = questions.present) {
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
      act(event, { shown: `📍 ${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`, of, question });
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
      bubbles.old = bubbles.empty;
      begin(frame.fresh);
      break;
    case "message":
      if (frame.seq && newer(frame.seq, last)) last = frame.seq;
      take_message(frame.message);
      break;
    case "ready":
      bubbles.replaying = bubbles.old = false;
      for (const item of queue) bubbles.settle({ event: item.id, of: item.of, text: [{ text: item.shown }] });
      log.setAttribute("aria-live", "polite");
      fly();
      break;
    case "ack":
      landed(frame.id);
      store.drop(frame.id);
      bubbles.accept(frame.id);
      fly();
      break;
    case "more":
      more = frame.id;
      fly();
      break;
    case "wait":
      more = ""; // it and what was sent after it come again, in order
      setTimeout(() => {
        if (flying?.id === frame.id) flying = null;
        fly();
      }, frame.seconds * 1000);
      break;
    case "failed":
    case "refused": {
      const item = queue.find((one) => one.id === frame.id);
      if (item) refuse(item, frame.reason ?? "failed");
      break;
    }
  }
}

function take_message(bubble) {
  const elsewhere = !bubbles.replaying && bubble.who === "you" && !questions.isOwn(bubble.event);
  const fresh = bubbles.show({ ...bubble, elsewhere });
  if (seen.has(bubble.notice)) line.send({ type: "seen", key: bubble.notice }); // it came again: that was not heard
  if (bubble.who !== "us") return;
  questions.heard(bubble);
  if (bubble.expects) composer.expect(bubble.expects);
  if (!bubble.notice && bubble.event && bubble.language) talkIn(bubble.language);
  if (fresh && document.hidden) document.title = `(${++unread}) ${title}`;
}

async function talkIn(name) {
  if (!(await speak(name))) return;
  picker.value = language;
  composer.expect(composer.kind);
  reading.tell();
  questions.tell();
  recorder?.tell();
  store.set("language", language);
}

// Open the conversation when there is none, or at the scenario that the address names.
function begin(fresh) {
  const payload = new URLSearchParams(location.search).get("start") ?? "";
  if (payload) history.replaceState(null, "", location.pathname);
  if (payload || (fresh && bubbles.empty && !queue.length)) act({ type: "start", payload: fitting(payload, 64) });
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
    leave();
    return;
  }
  const words = {
    online: () => (state.hidden || !begun ? "" : t("web.state.online")),
    connecting: () => t("web.state.connecting"),
    offline: () => t("web.state.offline"),
    "too-many-pages": () => t("web.state.too_many_pages"),
  }[name]();
  state.textContent = words;
  state.hidden = !words;
  if (ready) begun = true;
  if (name === "online" && words) setTimeout(() => (state.hidden = true), 4000);
}

// The log-in is over; whoever logs in again finds what they wrote, also where another tab's log-out has cleared it.
function leave() {
  for (const item of [...queue, ...apart.values()]) store.keep(item);
  composer.keep();
  const how = store.get("left") ? ["elsewhere", "elsewhere_kept"] : ["ended", "kept"];
  location.assign(kind === "staff" ? `/staff/log-in?${how[Number(store.holds())]}` : "/");
}
