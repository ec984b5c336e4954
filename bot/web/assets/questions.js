// Knows which question this tab is about to answer: the one its own doings led to, else the last one on the page.
// A person may have two tabs open, and both show all that is said; what is typed belongs to what its own tab asked about.

import { newId } from "./uploads.js";
import { t } from "./words.js";

const LABEL = 60; // characters of a question that are shown

export class Questions {
  constructor(store) {
    this.store = store;
    this.line = document.getElementById("answering");
    this.tab = store.ofTab("id") || newId();
    store.setOfTab("id", this.tab);
    this.tabs = new Map(); // id of an event -> the tab it was made in
    this.led = new Map([[this.tab, store.ofTab("asked")]]); // tab -> the question after the last answer to it
    this.latest = ""; // the last question of the conversation on this page
    this.held = null; // what was being asked when the person began to write
    this.texts = new Map(); // id of a question -> the words that first asked it
    this.ended = new Set(); // what is over, by whichever tab
    this.foreign = new Set(); // questions that other tabs were led to
    this.looks = new Map(); // ids of events that may only look something up -> the command
  }

  // Id of the question that an answer given now is for; empty when nothing is asked.
  get present() {
    return this.led.get(this.tab) || (this.held ?? this.latest);
  }

  of(tab) {
    return this.led.get(tab);
  }

  isOwn(event) {
    return this.tabs.get(event) === this.tab;
  }

  // `looks`: the command of a button of no question, as that of a list, a ticket or a notice.
  sent(event, tab, looks) {
    this.tabs.set(event, tab);
    if (looks && tab === this.tab && !this.led.get(tab)) this.looks.set(event, String(looks)); // older pages kept a mere true
  }

  hold(busy) {
    this.held = busy ? (this.held ?? this.latest) : null;
    this.tell();
  }

  // A message of ours: an answer names what is asked after it; a notice, in nobody's turn, names nothing.
  heard(bubble) {
    if (bubble.question === null || bubble.question === undefined) return;
    for (const matter of bubble.ended ?? []) this.ended.add(matter);
    this.ended.delete(bubble.question.split("/")[0]);
    const tab = this.tabs.get(bubble.event);
    const question = this.#asked(bubble, tab === this.tab);
    this.latest = question;
    if (!this.texts.has(question)) this.texts.set(question, bubble.text.map((run) => run.text).join("").trim());
    if (tab) this.led.set(tab, question);
    if (tab === this.tab) {
      this.held = null;
      this.store.setOfTab("asked", question);
    }
    this.tell();
  }

  // What another tab was asked is not asked here by looking something up, but by a button that names the matter.
  #asked({ event, question, expects }, own) {
    const [matter] = question.split("/");
    const looked = own && this.looks.has(event) && !this.looks.get(event).includes(matter);
    if (looked && this.foreign.has(question) && (!expects || expects === "choice")) return "";
    if (own) this.foreign.delete(question);
    else if (question !== this.led.get(this.tab)) this.foreign.add(question);
    return question;
  }

  // Say which question is answered where it is not the last one on the page. What another tab ended takes no answer,
  // and the line that named it goes; words that are sent for it all the same are told so, not given to something else.
  tell() {
    const text = this.present && this.texts.get(this.present);
    this.line.hidden = !text || this.present === this.latest || this.ended.has(this.present.split("/")[0]);
    if (this.line.hidden) return;
    const characters = [...text.replace(/\s+/g, " ")];
    const question = characters.length > LABEL ? `${characters.slice(0, LABEL).join("")}…` : characters.join("");
    this.line.textContent = t("web.answering", { question });
  }
}
