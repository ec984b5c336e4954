// Knows what has been seen: keeps the newest messages in view for whoever is at the end, and counts those that came below
// for whoever reads above.

import { t } from "./words.js";

const NEAR = 24; // pixels from the end that count as the end, and of a message that count as seen

export class Reading {
  constructor(talk, content, mark) {
    this.talk = talk;
    this.mark = mark;
    this.following = true;
    this.from = null; // the first message that came since the end was in view: a long answer is read from its start
    this.unseen = new Map(); // messages of ours that were not in view yet -> what to do when they are
    this.below = new Set(); // those of them that came after this page was opened
    this.#measure();
    talk.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    mark.addEventListener("click", () => this.#lead());
    document.addEventListener("visibilitychange", () => this.#look());
    const sizes = new ResizeObserver(() => {
      this.#follow();
      this.#look();
    });
    sizes.observe(talk);
    sizes.observe(content);
  }

  // Put a message in with `place()`. `own`: of the person, who is led there; `old`: said before this page was opened;
  // `seen()` is called once the person has had it before their eyes.
  add(element, place, { own = false, old = false, seen = () => {} } = {}) {
    if (this.following && this.#atEnd()) this.from = null;
    place();
    if (own) this.following = true;
    else this.unseen.set(element, seen);
    if (old) return;
    if (own || (this.following && !this.from)) this.from = element;
    if (!own) this.below.add(element);
  }

  // Say in the present language how much is below.
  tell() {
    const words = this.below.size ? t("web.new_below", { count: this.below.size }) : "";
    this.mark.hidden = !words;
    if (words !== this.mark.textContent) this.mark.textContent = words;
  }

  // Whatever begins above the end of what is in view has been in view, or was passed by; of a hidden page nothing was.
  #look() {
    if (document.hidden) return;
    const end = this.talk.getBoundingClientRect().bottom - NEAR;
    for (const [element, seen] of this.unseen) {
      if (element.getBoundingClientRect().top >= end) continue;
      this.unseen.delete(element);
      this.below.delete(element);
      seen();
    }
    this.tell();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.talk;
    if (this.#atEnd()) {
      this.following = true;
      this.from = null;
    } else if (scrollTop < this.top && scrollHeight === this.height && clientHeight === this.room) {
      this.following = false; // up, and by the person: nothing has changed its size
    }
    this.#measure();
    this.#look();
  }

  #measure() {
    this.top = this.talk.scrollTop;
    this.height = this.talk.scrollHeight;
    this.room = this.talk.clientHeight;
  }

  #atEnd() {
    return this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight <= NEAR;
  }

  #follow() {
    if (!this.following) return;
    const end = this.talk.scrollHeight - this.talk.clientHeight;
    const top = this.from?.isConnected ? Math.min(end, this.#topOf(this.from)) : end;
    if (top > this.talk.scrollTop) this.talk.scrollTo({ top, behavior: this.from ? motion() : "auto" });
  }

  #topOf(element) {
    const padding = parseFloat(getComputedStyle(this.talk).scrollPaddingTop) || 0;
    return this.talk.scrollTop + element.getBoundingClientRect().top - this.talk.getBoundingClientRect().top - padding;
  }

  #lead() {
    const [first] = this.below;
    if (!first) return;
    this.following = true;
    this.from = first;
    first.tabIndex = -1;
    first.focus({ preventScroll: true }); // the next Tab goes to its buttons
    first.scrollIntoView({ block: "start", behavior: motion() });
  }
}

function motion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
