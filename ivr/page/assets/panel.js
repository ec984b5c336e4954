// What the caller sees: state and time, captions, keypad, buttons. A dialog, so that keys typed go to the call.

import { t } from "./words.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES = { "*": "web.call.star", "#": "web.call.hash" };
const STATES = {
  idle: "web.call.idle",
  microphone: "web.call.microphone",
  connecting: "web.call.connecting",
  talking: "web.call.talking",
  unstable: "web.call.unstable",
  ended: "web.call.ended",
};
const PROBLEMS = {
  insecure: "web.call.problem.insecure",
  unsupported: "web.call.problem.unsupported",
  refused: "web.call.problem.refused",
  no_microphone: "web.call.problem.no_microphone",
  microphone_busy: "web.call.problem.microphone_busy",
  busy: "web.call.problem.busy",
  too_many: "web.call.problem.too_many",
  broken: "web.call.problem.broken",
  limit: "web.call.problem.limit",
  closing: "web.call.problem.closing",
};
const SPEECHLESS = new Set(["insecure", "refused", "no_microphone", "microphone_busy"]);
const ICONS = {
  call: "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.25 11.4 11.4 0 0 0 3.6.57 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.45.57 3.57a1 1 0 0 1-.25 1z",
  hangUp: "M12 9c-1.6 0-3.15.25-4.6.72v3.1a1 1 0 0 1-.56.9c-.98.49-1.87 1.12-2.66 1.85a1 1 0 0 1-.7.28 1 1 0 0 1-.71-.29L.29 13.08a1 1 0 0 1 0-1.41A17 17 0 0 1 12 7c4.57 0 8.71 1.79 11.71 4.67a1 1 0 0 1 0 1.41l-2.48 2.48a1 1 0 0 1-.71.29 1 1 0 0 1-.7-.28 11.3 11.3 0 0 0-2.67-1.85 1 1 0 0 1-.56-.9v-3.1A15 15 0 0 0 12 9z",
  mute: "M19 11h-1.7a5.2 5.2 0 0 1-.43 2.05l1.23 1.23A6.9 6.9 0 0 0 19 11zm-4 .17V5a3 3 0 0 0-5.98-.18zM4.27 3 3 4.27l6 6V11a3 3 0 0 0 3.65 2.93l1.66 1.66A4.7 4.7 0 0 1 12 16.1 5.1 5.1 0 0 1 6.7 11H5a6.9 6.9 0 0 0 6 6.72V21h2v-3.28a6.9 6.9 0 0 0 2.54-.9L19.73 21 21 19.73z",
  close: "m18.3 5.7-1.4-1.4-4.9 4.9-4.9-4.9-1.4 1.4 4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z",
};

export class Panel {
  // handlers: call(speaking), hangUp(), press(digit) -> taken, mute(on)
  constructor(handlers) {
    this.handlers = handlers;
    this.#build();
    document.body.append(this.dialog);
  }

  open(obstacle) {
    this.#reset("idle");
    if (obstacle) this.#problem(obstacle);
    this.dialog.showModal();
    (this.start.hidden ? this.silent : this.start).focus();
  }

  // "microphone" | "connecting" | "talking" | "unstable" | "ended"; a problem says why a call ended or did not begin.
  show(state, problem = "") {
    const before = this.dialog.dataset.state;
    this.dialog.dataset.state = state;
    this.state.textContent = t(STATES[state]);
    const underWay = state !== "ended";
    this.start.hidden = this.close.hidden = underWay;
    this.end.hidden = !underWay;
    this.silent.hidden = true;
    this.mute.disabled = !this.speaking || !underWay;
    for (const key of this.keys) key.disabled = state !== "talking" && state !== "unstable";
    if (state === "talking" && before !== "unstable") this.#tick();
    if (!underWay) this.#ended(problem);
  }

  caption({ side, text }) {
    this.#line(side, t(side === "said" ? "web.call.said" : "web.call.heard"), text);
  }

  #ended(problem) {
    clearInterval(this.clock);
    this.mute.setAttribute("aria-pressed", "false");
    this.start.querySelector("span").textContent = t("web.call.again");
    if (problem) this.#problem(problem);
    if (this.dialog.open) this.start.focus();
  }

  // The call did not come about, or broke off: say why, and what can still be done.
  #problem(name) {
    this.notice.textContent = t(PROBLEMS[name]);
    this.notice.hidden = false;
    this.silent.hidden = !SPEECHLESS.has(name);
    this.start.hidden = name === "unsupported" || name === "insecure";
  }

  #reset(state) {
    this.dialog.dataset.state = state;
    this.notice.hidden = this.silent.hidden = true;
    this.state.textContent = t("web.call.idle");
    this.time.textContent = "";
    this.captions.replaceChildren();
    this.hint.hidden = false;
  }

  #call(speaking) {
    this.speaking = speaking;
    this.#reset("connecting");
    this.handlers.call(speaking);
    if (!this.end.hidden) this.end.focus();
  }

  #press(digit) {
    if (!this.handlers.press(digit)) return;
    const last = this.captions.lastElementChild;
    if (last?.dataset.side === "pressed") last.lastElementChild.textContent += ` ${digit}`;
    else this.#line("pressed", t("web.call.pressed"), digit);
    const key = this.keys.find((one) => one.value === digit);
    key.classList.add("down");
    setTimeout(() => key.classList.remove("down"), 150);
  }

  #line(side, who, text) {
    this.hint.hidden = true;
    const line = make("li", { className: "call-line" }, make("span", { className: "call-who" }, who), make("p", {}, text));
    line.dataset.side = side;
    const atEnd = this.captions.scrollHeight - this.captions.scrollTop - this.captions.clientHeight < 80;
    this.captions.append(line);
    if (atEnd) this.captions.scrollTop = this.captions.scrollHeight; // who reads further up is left there
  }

  #tick() {
    const began = performance.now();
    const show = () => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      const two = (number) => String(number).padStart(2, "0");
      this.time.textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
    };
    show();
    clearInterval(this.clock);
    this.clock = setInterval(show, 1000);
  }

  #build() {
    this.state = make("p", { className: "call-state", role: "status" });
    this.time = make("p", { className: "call-time", role: "timer" });
    label(this.time, "web.call.time");
    this.close = button("call-close", "close", () => this.dialog.close());
    label(this.close, "web.call.close");
    const title = make("h2", { id: "call-title" });
    say(title, "web.call.title");

    this.hint = say(make("p", { className: "call-hint" }), "web.call.hint");
    this.captions = make("ol", { className: "call-captions", role: "log", ariaLive: "polite", tabIndex: 0 });
    label(this.captions, "web.call.captions");
    this.notice = make("p", { className: "call-notice", role: "alert", hidden: true });

    this.keys = KEYS.map((digit) => {
      const key = make("button", { type: "button", className: "call-key", value: digit, disabled: true }, digit);
      if (NAMES[digit]) label(key, NAMES[digit]);
      key.addEventListener("click", () => this.#press(digit));
      return key;
    });
    const keypad = make("div", { className: "call-keypad", role: "group" }, ...this.keys);
    label(keypad, "web.call.keypad");

    this.start = button("call-start", "call", () => this.#call(true), "web.call.start");
    this.silent = button("call-silent", "", () => this.#call(false), "web.call.silent");
    this.end = button("call-end", "hangUp", () => this.handlers.hangUp(), "web.call.hang_up");
    this.end.hidden = true;
    this.mute = button("call-mute", "mute", () => this.#mute(), "web.call.mute");
    this.mute.setAttribute("aria-pressed", "false");
    this.mute.disabled = true;

    this.dialog = make(
      "dialog",
      { className: "call" },
      make("header", { className: "call-head" }, make("div", {}, title, this.state), this.time, this.close),
      make("div", { className: "call-words" }, this.hint, this.captions, this.notice),
      keypad,
      make("footer", { className: "call-actions" }, this.silent, this.mute, this.start, this.end),
    );
    this.dialog.setAttribute("aria-labelledby", "call-title");
    this.dialog.addEventListener("keydown", (event) => this.#key(event));
    // Escape must not end a call by accident: there is a button for that.
    this.dialog.addEventListener("cancel", (event) => this.end.hidden || event.preventDefault());
  }

  #mute() {
    const on = this.mute.getAttribute("aria-pressed") !== "true";
    this.mute.setAttribute("aria-pressed", String(on));
    this.handlers.mute(on);
  }

  #key(event) {
    if (!KEYS.includes(event.key) || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#press(event.key);
  }
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// The words of an element change with the page's language: the page itself looks for these attributes.
function say(element, key) {
  element.dataset.t = key;
  element.textContent = t(key);
  return element;
}

function label(element, key) {
  element.dataset.tLabel = key;
  element.setAttribute("aria-label", t(key));
}

function button(className, icon, act, key = "") {
  const element = make("button", { type: "button", className });
  if (icon) {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true" })) {
      picture.setAttribute(name, value);
    }
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[icon]);
    picture.append(path);
    element.append(picture);
  }
  if (key) element.append(say(make("span", {}), key));
  // "Hang up" appears where "call" was: the second half of a double press must not reach it.
  element.addEventListener("click", (event) => event.detail > 1 || act());
  return element;
}
