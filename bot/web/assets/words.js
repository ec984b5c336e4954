// The page's own words, from the catalogues, in the language of the conversation.

const all = {};
const tags = { zh_CN: "zh-CN", en: "en" };

export let language = document.documentElement.dataset.language;
let wanted = language; // what was asked for last
read(language);

export function tagOf(name) {
  return tags[name] ?? "zh-CN";
}

export function t(key, args = {}) {
  const text = all[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

// Words that every part of the way takes: no half of a character, and no more characters than `most`.
export function fitting(text, most = Infinity) {
  const whole = text.replace(/\p{Surrogate}/gu, "\ufffd");
  return whole.length > most ? [...whole].slice(0, most).join("") : whole;
}

// Say everything around the conversation in this language, whose words may have to come first. Resolves to whether
// this changed anything.
export async function speak(name) {
  if (name === wanted) return false;
  wanted = name;
  const there = await has(name);
  if (wanted !== name) return false;
  if (!there) {
    wanted = language;
    return false;
  }
  language = name;
  document.documentElement.lang = tagOf(name);
  document.documentElement.dataset.language = name;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
  return true;
}

// The page carries the words of the language it came in, and keeps others beside them once it has them.
function read(name) {
  all[name] = JSON.parse(document.getElementById(`words-${name}`).textContent);
}

async function has(name) {
  if (name in all) return true;
  const url = document.querySelector(`option[data-words][value="${CSS.escape(name)}"]`)?.dataset.words;
  if (!url) return false;
  try {
    const words = document.createElement("script");
    words.type = "application/json";
    words.id = `words-${name}`;
    words.textContent = await (await fetch(url)).text();
    JSON.parse(words.textContent);
    document.getElementById(words.id)?.remove();
    document.head.append(words);
    read(name);
    return true;
  } catch {
    return false; // the line is away: it stays as it is
  }
}
