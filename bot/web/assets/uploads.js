// Sends files to the server, with progress; a broken upload is tried again under the same key.

import { fitting } from "./words.js";

const PAUSES = [2, 4, 8, 15, 30, 30, 30]; // seconds: lines of works and cellars are away for minutes
const FINAL = [413, 415, 429, 507]; // the server has looked at it, and says what is wrong with it

// Resolves to the kept file, to the reason why the server does not take it, or to nothing when it did not get there.
export async function upload(base, file, limit, onProgress, signal) {
  if (file.size > limit) return { reason: "attachment-too-large" };
  const key = newId();
  for (const pause of [0, ...PAUSES]) {
    await sleep(pause, signal);
    if (signal.aborted) break;
    const answer = await put(`${base}/files`, file, key, onProgress, signal);
    if (answer.status === 201) return { kept: answer.body };
    if (FINAL.includes(answer.status) && answer.body?.code) return { reason: answer.body.code };
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 408) break; // 408: it came too slowly this time
  }
  return {};
}

function sleep(seconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    setTimeout(resolve, 1000 * seconds);
    signal.addEventListener("abort", resolve);
  });
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // http without TLS has no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// fetch() cannot tell how far an upload is.
function put(url, file, key, onProgress, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Jiesu-Filename", encodeURIComponent(fitting(file.name, 200)));
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => resolve({ status: request.status, body: request.response });
    request.onerror = request.onabort = request.ontimeout = () => resolve({ status: 0 });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
