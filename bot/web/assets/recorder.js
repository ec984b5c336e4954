// Records a voice message: asks for the microphone, shows that it listens and how long, and hands over what was said.

import { t } from "./words.js";

const LONGEST = 120; // seconds that are heard: dialogs/speech/limits.py
const SHORTEST = 700; // milliseconds below which nothing can have been said
const BITS = 32000;
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4"];
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PROBLEMS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "no_microphone",
  OverconstrainedError: "no_microphone",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};

export class Recorder {
  // send(file): what was said
  constructor(button, send) {
    this.button = button;
    this.send = send;
    this.state = document.getElementById("recording-state");
    this.time = document.getElementById("recording-time");
    this.away = document.getElementById("recording-cancel");
    this.take = null; // what is being recorded, from the wish for a microphone on
    button.addEventListener("click", () => (this.take ? this.#finish() : this.#begin()));
    this.away.addEventListener("click", () => this.#cancel());
    document.getElementById("composer").addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.take) this.#cancel();
    });
    addEventListener("pagehide", () => this.#end());
    this.hide(false);
  }

  // Who writes needs the room.
  hide(writing) {
    this.writing = writing;
    this.button.hidden = writing && !this.take;
  }

  // Say it in the language of the conversation.
  tell() {
    const key = this.take ? "web.record.send" : "web.record.begin";
    this.button.dataset.tLabel = key;
    this.button.setAttribute("aria-label", t(key));
    if (this.take) this.state.textContent = this.take.recorder ? t("web.record.listening") : t("web.record.asking");
  }

  static get obstacle() {
    if (!window.MediaRecorder || !navigator.mediaDevices?.getUserMedia) return isSecureContext ? "unsupported" : "insecure";
    return TYPES.some((type) => MediaRecorder.isTypeSupported(type)) ? "" : "unsupported";
  }

  async #begin() {
    if (Recorder.obstacle) {
      this.#fail(Recorder.obstacle);
      return;
    }
    const take = { sound: [] };
    this.take = take;
    this.#show();
    try {
      take.stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
    } catch (error) {
      if (take === this.take) this.#fail(PROBLEMS[error.name] ?? "no_microphone");
      return;
    }
    if (take !== this.take) {
      release(take); // cancelled while the browser asked
      return;
    }
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    take.recorder = new MediaRecorder(take.stream, { mimeType, audioBitsPerSecond: BITS });
    take.recorder.ondataavailable = (event) => take.sound.push(event.data);
    take.recorder.onerror = () => take === this.take && this.#fail("microphone_busy");
    take.recorder.start();
    take.began = Date.now();
    take.clock = setInterval(() => this.#tick(), 250);
    this.#show();
    this.#tick();
  }

  #tick() {
    const seconds = Math.floor((Date.now() - this.take.began) / 1000);
    this.time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= LONGEST) this.#finish();
  }

  #finish() {
    const take = this.take;
    if (!take.recorder) return; // the browser still asks
    const lasted = Date.now() - take.began;
    if (lasted < SHORTEST) {
      this.#fail("short");
      return;
    }
    take.recorder.onstop = () => {
      const type = take.recorder.mimeType.split(";")[0];
      this.send(new File(take.sound, t("web.record.name", { seconds: Math.round(lasted / 1000) }), { type }));
    };
    take.recorder.stop();
    this.#cancel();
  }

  #cancel() {
    this.#end();
    this.state.textContent = "";
    this.#show();
  }

  #fail(problem) {
    this.#end();
    this.state.textContent = why(problem);
    this.#show();
  }

  #end() {
    const take = this.take;
    this.take = null;
    if (!take) return;
    clearInterval(take.clock);
    release(take);
  }

  #show() {
    const recording = Boolean(this.take);
    document.body.classList.toggle("recording", recording);
    this.away.hidden = !recording;
    this.hide(this.writing);
    this.time.textContent = "";
    this.tell();
  }
}

// The light beside the page's name goes out with the last track.
function release(take) {
  for (const track of take.stream?.getTracks() ?? []) track.stop();
}

// Why it cannot record, and what to do.
function why(problem) {
  switch (problem) {
    case "insecure":
      return t("web.record.problem.insecure");
    case "unsupported":
      return t("web.record.problem.unsupported");
    case "refused":
      return t("web.record.problem.refused");
    case "microphone_busy":
      return t("web.record.problem.microphone_busy");
    case "short":
      return t("web.record.problem.short");
    default:
      return t("web.record.problem.no_microphone");
  }
}
