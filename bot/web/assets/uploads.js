// Sends files to the server, with progress; a broken upload is tried again under the same key.

import { fitting } from "./words.js";

const TRIES = 4;

// Resolves to the kept file, or to the reason why it was not taken.
export async function upload(base, file, limit, onProgress) {
  if (file.size > limit) return { reason: "attachment-too-large" };
  const key = newId();
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt) await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** attempt));
    const answer = await put(`${base}/files`, file, key, onProgress);
    if (answer.status === 201) return { kept: answer.body };
    if ([413, 415, 429, 507].includes(answer.status) && answer.body?.code) return { reason: answer.body?.code ?? "attachment-unavailable" };
    if (answer.status >= 400 && answer.status < 500) break;
  }
  return { reason: "attachment-unavailable" };
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
function put(url, file, key, onProgress) {
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
    request.send(file);
  });
}
