// Where the person writes: text, files, and hints that fit what is asked.

import { t } from "./words.js";

const LIMIT = 5000;
const WARN_FROM = 4500;
const PLACES = new Set(["text", "location", "media"]); // where a location can be an answer
const MODES = { digits: "numeric", phone: "tel" };

export class Composer {
  // handlers: text(text), files(files), place(), typing(whether anything is in the box)
  constructor(store, handlers) {
    this.store = store;
    this.box = document.getElementById("text");
    this.counter = document.getElementById("counter");
    this.picker = document.getElementById("files");
    this.handlers = handlers;
    this.box.value = joined(store.get("typed"), this.box.value); // before now, and while the page was on its way
    this.box.addEventListener("input", () => this.#changed());
    this.box.addEventListener("keydown", (event) => {
      // Enter also ends the choice of characters in an input method: that must not send.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#send();
    });
    document.getElementById("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    document.getElementById("attach").addEventListener("click", () => this.picker.click());
    this.picker.addEventListener("change", () => {
      if (this.picker.files.length) this.handlers.files([...this.picker.files]);
      this.picker.value = "";
    });
    this.place = document.getElementById("place");
    this.place?.addEventListener("click", () => this.handlers.place());
    this.#changed();
  }

  // Fit the box to what is asked for.
  expect(kind) {
    this.kind = kind;
    if (this.place) this.place.hidden = !navigator.geolocation || !isSecureContext || !PLACES.has(kind);
    this.box.inputMode = MODES[kind] ?? "text";
    this.box.placeholder = {
      choice: t("web.hint.choice"),
      digits: t("web.hint.digits"),
      date: t("web.hint.date"),
      phone: t("web.hint.phone"),
      location: t("web.hint.location"),
      media: t("web.hint.media"),
    }[kind] ?? t("web.hint.text");
  }

  // Put words back that were not taken, before those that are there.
  bring(text) {
    this.box.value = [text, this.box.value].filter(Boolean).join("\n");
    this.#changed();
    this.box.focus();
  }

  // The page is left, and another tab may have put its own words, or nothing, in place of these.
  keep() {
    this.store.set("typed", joined(this.store.get("typed"), this.box.value));
  }

  #send() {
    const text = this.box.value.trim();
    if (!text) {
      this.box.focus();
      return;
    }
    this.handlers.text(text);
    this.box.value = "";
    this.#changed();
    this.box.focus();
  }

  #changed() {
    this.store.set("typed", this.box.value);
    this.handlers.typing(Boolean(this.box.value));
    const left = LIMIT - this.box.value.length;
    this.counter.hidden = this.box.value.length < WARN_FROM;
    this.counter.textContent = left >= 0 ? t("web.left", { count: left }) : t("web.over", { count: -left });
    this.counter.classList.toggle("over", left < 0);
    this.box.style.height = "auto";
    if (this.box.value) this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }
}

function joined(before, after) {
  return before.includes(after) ? before : [before, after].filter(Boolean).join("\n");
}
