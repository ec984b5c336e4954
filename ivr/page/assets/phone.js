// One call over WebRTC at a time: microphone, connection, keys out, captions in. It knows nothing of the page.

const CONNECT_WITHIN = 20000;
const RECOVER_WITHIN = 12000;
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const MICROPHONE_PROBLEMS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "no_microphone",
  OverconstrainedError: "no_microphone",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};
const ANSWERS = { 429: "too_many", 503: "busy" };
const REASONS = { hangup: "", max_duration: "limit", cancelled: "closing", rtp_timeout: "broken", error: "broken" };

export class Phone {
  // handlers: state("microphone" | "connecting" | "talking" | "unstable" | "ended", problem), caption({side, text})
  constructor(handlers) {
    this.handlers = handlers;
    this.audio = new Audio();
    this.audio.autoplay = true;
    addEventListener("pagehide", () => this.#leave());
  }

  get busy() {
    return Boolean(this.line);
  }

  // Why no microphone can be had, known before anybody is asked for one; "" when it can be asked for.
  static get obstacle() {
    if (!window.RTCPeerConnection) return "unsupported";
    if (!navigator.mediaDevices?.getUserMedia) return isSecureContext ? "unsupported" : "insecure";
    return "";
  }

  async call({ speaking }) {
    if (this.line) return;
    const line = { stopping: new AbortController() };
    this.line = line;
    try {
      if (speaking) await this.#microphone(line);
      if (line === this.line) await this.#connect(line);
    } catch (problem) {
      this.#end(line, problem.told ?? "broken");
    }
  }

  press(digit) {
    if (this.line?.channel?.readyState !== "open") return false;
    this.line.channel.send(JSON.stringify({ digit }));
    return true;
  }

  // Others hear silence while it is muted, so the call is not taken for a dead one.
  mute(on) {
    for (const track of this.line?.stream?.getTracks() ?? []) track.enabled = !on;
  }

  hangUp() {
    const line = this.line;
    if (!line) return;
    if (line.channel?.readyState === "open") line.channel.send(JSON.stringify({ bye: true }));
    this.#end(line, "");
  }

  // What is sent over a connection of a page that goes away is lost; a beacon is not.
  #leave() {
    if (this.line?.id) navigator.sendBeacon(`/call/${this.line.id}/bye`);
    this.hangUp();
  }

  async #microphone(line) {
    this.handlers.state("microphone");
    try {
      line.stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
    } catch (error) {
      throw { told: MICROPHONE_PROBLEMS[error.name] ?? "no_microphone" };
    }
    if (line !== this.line) stop(line); // hung up while the browser asked
  }

  async #connect(line) {
    this.handlers.state("connecting");
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
    line.connection = connection;
    if (line.stream) connection.addTrack(line.stream.getAudioTracks()[0], line.stream);
    else connection.addTransceiver("audio", { direction: "recvonly" });
    connection.ontrack = ({ track }) => (this.audio.srcObject = new MediaStream([track]));
    connection.onconnectionstatechange = () => this.#changed(line);
    line.channel = connection.createDataChannel("call");
    line.channel.onopen = () => this.#changed(line);
    line.channel.onmessage = ({ data }) => this.#take(line, JSON.parse(data));
    line.channel.onclose = () => this.#end(line, line.talked ? "" : "broken");
    this.#patience(line, CONNECT_WITHIN);
    await connection.setLocalDescription();
    const { id, sdp } = await answer(connection, line.stopping.signal);
    line.id = id;
    await connection.setRemoteDescription({ type: "answer", sdp });
  }

  #changed(line) {
    if (line !== this.line) return;
    const state = line.connection.connectionState;
    if (state === "connected" && line.channel.readyState === "open") {
      clearTimeout(line.timer);
      line.talked = true;
      this.handlers.state("talking");
    } else if (state === "disconnected") {
      this.handlers.state("unstable");
      this.#patience(line, RECOVER_WITHIN);
    } else if (state === "failed") this.#end(line, "broken");
    else if (state === "closed") this.#end(line, "");
  }

  #take(line, message) {
    if (line !== this.line) return;
    if (message.caption) this.handlers.caption(message.caption);
    if (message.ended) this.#end(line, REASONS[message.ended] ?? "broken");
  }

  #patience(line, time) {
    clearTimeout(line.timer);
    line.timer = setTimeout(() => this.#end(line, "broken"), time);
  }

  #end(line, problem) {
    if (line !== this.line) return;
    this.line = null;
    clearTimeout(line.timer);
    line.stopping.abort();
    stop(line);
    this.audio.srcObject = null;
    this.handlers.state("ended", problem);
  }
}

async function answer(connection, signal) {
  const response = await fetch("/call/offer", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sdp: connection.localDescription.sdp }),
    signal,
  });
  if (!response.ok) throw { told: ANSWERS[response.status] ?? "broken" };
  return response.json();
}

function stop(line) {
  for (const track of line.stream?.getTracks() ?? []) track.stop();
  // A moment for the farewell to leave; closing at once would drop it.
  if (line.connection) setTimeout(() => line.connection.close(), 100);
}
