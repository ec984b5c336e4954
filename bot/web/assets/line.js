// The WebSocket to the server: comes again with growing pauses, and notices a line that is dead without saying so.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15000;
const PING_EVERY = 20000;
const PONG_WITHIN = 8000;
const STEADY = 10000; // a line that held for so long has worked: the pauses begin anew
const ENDS = { 4401: "logged-out", 4408: "too-many-pages" };
const REFUSALS = [1003, 1007, 1008, 1009]; // what was sent last was not taken, and would not be the next time (RFC 6455, 7.4.1)

export class Line {
  // handlers: hello() -> frame; frame(frame); refused(closeCode): of what was sent last;
  // state("connecting" | "online" | "offline" | "logged-out" | "too-many-pages")
  constructor(base, handlers) {
    this.base = base;
    this.handlers = handlers;
    this.socket = null;
    this.failures = 0;
    this.ended = false;
    addEventListener("online", () => this.#now());
    addEventListener("offline", () => this.#lost(this.socket));
    document.addEventListener("visibilitychange", () => document.hidden || this.#now());
    setInterval(() => this.#ping(), PING_EVERY);
  }

  open() {
    clearTimeout(this.timer);
    if (this.ended) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.base}/ws`);
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify(this.handlers.hello()));
    };
    socket.onmessage = (event) => {
      clearTimeout(this.deadline);
      const frame = JSON.parse(event.data);
      if (frame.type === "ready") {
        this.since = Date.now();
        this.handlers.state("online");
      }
      this.handlers.frame(frame);
    };
    socket.onclose = (event) => {
      if (this.ended) return;
      if (event.code in ENDS) {
        this.ended = true;
        this.handlers.state(ENDS[event.code]);
      } else {
        if (!opened) this.#checkDoor();
        if (socket === this.socket && REFUSALS.includes(event.code)) this.handlers.refused(event.code);
        this.#lost(socket);
      }
    };
  }

  end() {
    this.ended = true;
  }

  send(frame) {
    return this.sendText(JSON.stringify(frame));
  }

  sendText(text) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(text);
    return true;
  }

  #lost(socket) {
    if (socket !== this.socket || this.ended || !socket) return;
    this.socket = null;
    clearTimeout(this.deadline);
    socket.close();
    if (this.since && Date.now() - this.since >= STEADY) this.failures = 0;
    this.since = 0;
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures++);
    this.handlers.state(navigator.onLine === false ? "offline" : this.failures > 1 ? "offline" : "connecting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), pause * (0.5 + Math.random() / 2));
  }

  #now() {
    if (!this.socket && !this.ended) this.open();
  }

  #ping() {
    const socket = this.socket;
    if (!this.send({ type: "ping" })) return;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.#lost(socket), PONG_WITHIN);
  }

  // A refused WebSocket tells a page nothing. Asking for the page brings a lost visitor cookie back, and shows whether
  // a member of staff has to log in again.
  async #checkDoor() {
    if (this.failures === 0) return;
    try {
      const answer = await fetch(location.pathname, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect") {
        this.ended = true;
        this.handlers.state("logged-out");
      }
    } catch {
      // still away
    }
  }
}
