// Shows messages: texts as text only, buttons as buttons, and what was answered as done.

import { link, numbersIn } from "./telephone.js";
import { t, tagOf, language } from "./words.js";

export class Bubbles {
  // handlers: press(command, label, key, question), share(key, question), retry(eventId), edit(eventId), remove(eventId),
  // seen(notice)
  constructor(log, reading, base, handlers) {
    this.log = log;
    this.reading = reading;
    this.base = base;
    this.handlers = handlers;
    this.shown = new Map(); // key -> element
    this.pressed = new Map(); // event id -> key of the message whose button was pressed
    this.replaying = false; // what comes now was said before that which waits to be sent
    this.old = false; // and before this page was opened
  }

  get empty() {
    return this.shown.size === 0;
  }

  // Returns true when this message was not on the page yet.
  show(bubble) {
    if (this.shown.has(bubble.key)) return false;
    if (bubble.who === "you") {
      this.settle(bubble);
      this.pressed.set(bubble.event, bubble.of);
    } else if (bubble.replaces && this.#replace(bubble)) {
      return true;
    }
    const element = bubble.who === "you" ? this.#own(bubble) : this.#theirs(bubble);
    this.shown.set(bubble.key, element);
    element.classList.toggle("pending", Boolean(bubble.pending));
    this.reading.add(element, () => this.log.insertBefore(element, this.replaying ? this.log.querySelector(".pending") : null), {
      own: bubble.who === "you",
      old: this.old,
      seen: () => bubble.notice && this.handlers.seen(bubble.notice),
    });
    return true;
  }

  // It waits for the line, or for what was sent before it.
  wait(event, key = "web.waiting") {
    this.#fate(event, "waiting", t(key));
  }

  // It was not taken: why, and what the person may do with it, of "retry", "edit" and "remove".
  refuse(event, why, ways) {
    this.#fate(event, "failed", why, this.#ways(event, ways));
    this.#unsettle(event);
    this.shown.get(`${event}.you`)?.querySelector(".fate").scrollIntoView({ block: "nearest" });
  }

  // It was taken.
  accept(event) {
    this.#fate(event, "");
  }

  remove(event) {
    this.#unsettle(event);
    this.shown.get(`${event}.you`)?.remove();
    this.shown.delete(`${event}.you`);
  }

  #ways(event, ways) {
    const labels = { retry: t("web.retry"), edit: t("web.edit"), remove: t("web.remove") };
    return ways.map((way) => this.#button(labels[way], () => this.handlers[way](event)));
  }

  #fate(event, fate, words = "", buttons = []) {
    const element = this.shown.get(`${event}.you`);
    if (!element) return;
    element.querySelector(".fate")?.remove();
    element.classList.toggle("pending", Boolean(fate));
    if (!fate) return;
    const line = make("div", `fate ${fate}`, words);
    if (buttons.length) {
      const row = make("div", "row");
      row.append(...buttons);
      line.append(row);
    }
    element.append(line);
  }

  // A file is on its way; returns a function that shows how far it is (0..1).
  uploading(event, files) {
    this.#fate(event, "waiting", t("web.uploading"), this.#ways(event, ["remove"]));
    const element = this.shown.get(`${event}.you`);
    if (!element.querySelector(".preview")) element.querySelector(".words").prepend(...previews(files));
    const bar = make("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", t("web.uploading"));
    element.querySelector(".fate").prepend(bar);
    return (part) => (bar.value = part);
  }

  #theirs(bubble) {
    const element = make("article", "bubble us");
    element.lang = tagOf(bubble.language || language);
    element.dataset.notice = bubble.notice;
    element.append(make("span", "unseen", t("web.us")), this.#words(bubble));
    if (bubble.files.length) element.append(this.#files(bubble.files));
    const choices = this.#choices(bubble);
    if (choices) element.append(choices);
    element.append(clock(bubble.at));
    return element;
  }

  #own(bubble) {
    const element = make("article", "bubble you");
    element.append(make("span", "unseen", t("web.you")), this.#words(bubble));
    if (bubble.elsewhere) element.append(make("span", "fate", t("web.elsewhere")));
    return element;
  }

  #words(bubble) {
    const words = make("p", "words");
    const numbers = bubble.who === "us" ? numbersIn(bubble.text.map((run) => run.text).join("")) : [];
    let at = 0;
    for (const run of bubble.text) {
      const part = run.bold ? make("strong") : words;
      const end = at + run.text.length;
      let done = at;
      for (const [from, to] of numbers) {
        if (from < at || to > end) continue;
        part.append(run.text.slice(done - at, from - at), link(run.text.slice(from - at, to - at)));
        done = to;
      }
      part.append(run.text.slice(done - at));
      if (run.bold) words.append(part);
      at = end;
    }
    return words;
  }

  #files(ids) {
    const row = make("div", "row");
    ids.forEach((id, place) => {
      const link = make("a", "file", t("web.file", { number: place + 1 }));
      link.href = `${this.base}/files/${encodeURIComponent(id)}`;
      link.download = "";
      row.append(link);
    });
    return row;
  }

  #choices(bubble) {
    if (!bubble.rows.length && !bubble.share) return null;
    const group = make("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", t("web.choices"));
    if (bubble.share) {
      const share = this.#button(bubble.share, () => this.handlers.share(bubble.key, bubble.question));
      const row = make("div", "row");
      row.append(share);
      group.append(row);
    }
    for (const buttons of bubble.rows) {
      const row = make("div", "row");
      for (const one of buttons) {
        const button = this.#button(one.label, () => this.handlers.press(one.command, one.label, bubble.key, bubble.question));
        button.dataset.command = one.command;
        row.append(button);
      }
      group.append(row);
    }
    return group;
  }

  #button(label, act) {
    const button = make("button", "choice", label);
    button.type = "button";
    // Not `disabled`: that would take the focus away from who has just pressed it.
    button.onclick = () => button.hasAttribute("aria-disabled") || act();
    return button;
  }

  // Questions are answered by whatever the person does next; a notice only by one of its own buttons.
  settle(bubble) {
    const label = bubble.text.map((run) => run.text).join("");
    for (const [key, element] of this.shown) {
      const group = element.querySelector(":scope > .choices:not(.settled)");
      if (!group || (element.dataset.notice && key !== bubble.of)) continue;
      for (const button of group.querySelectorAll("button")) {
        if (key === bubble.of && button.textContent === label) {
          button.classList.add("chosen");
          button.setAttribute("aria-label", t("web.chosen", { label }));
        }
        button.setAttribute("aria-disabled", "true");
        button.tabIndex = -1;
      }
      // Last, for it hides what is not chosen: a pressed button that were hidden for a moment would lose the focus.
      group.classList.add("settled");
      group.dataset.by = bubble.event ?? "";
    }
  }

  // Nothing was answered by that after all.
  #unsettle(event) {
    for (const group of this.log.querySelectorAll(".choices.settled")) {
      if (group.dataset.by !== event) continue;
      group.classList.remove("settled");
      for (const button of group.querySelectorAll("button")) {
        button.classList.remove("chosen");
        for (const name of ["aria-label", "aria-disabled", "tabindex"]) button.removeAttribute(name);
      }
    }
  }

  // A list being ticked stays where it is: its buttons are exchanged, and the press leaves no bubble.
  #replace(bubble) {
    const key = this.pressed.get(bubble.event);
    const element = key ? this.shown.get(key) : undefined;
    const old = element?.querySelector(":scope > .choices");
    const same = element?.querySelector(".words").textContent === bubble.text.map((run) => run.text).join("");
    if (!old || !same) return false;
    const fresh = this.#choices(bubble);
    if (!fresh) return false;
    const all = [...old.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    old.replaceWith(fresh);
    if (at >= 0) [...fresh.querySelectorAll("button")][at]?.focus();
    const own = this.shown.get(`${bubble.event}.you`);
    own?.remove();
    this.shown.set(bubble.key, element);
    return true;
  }
}

function previews(files) {
  return files
    .filter((one) => /^image\/(jpeg|png|webp|gif)$/.test(one.type))
    .map((file) => {
      const image = make("img", "preview");
      image.src = URL.createObjectURL(file);
      image.alt = file.name;
      image.onload = () => URL.revokeObjectURL(image.src);
      return image;
    });
}

function clock(at) {
  const element = make("time", "", new Date(at).toLocaleTimeString(tagOf(language), { hour: "2-digit", minute: "2-digit" }));
  element.dateTime = at;
  return element;
}

function make(name, className = "", text = "") {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
