// The page's own words, from the catalogues, in the language of the conversation.

const all = JSON.parse(document.getElementById("words").textContent);
const tags = { zh_CN: "zh-CN", en: "en" };

export let language = document.documentElement.dataset.language;

export function tagOf(name) {
  return tags[name] ?? "zh-CN";
}

export function t(key, args = {}) {
  const text = all[language]?.[key] ?? all.zh_CN[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

// Words that every part of the way takes: no half of a character, and no more characters than `most`.
export function fitting(text, most = Infinity) {
  const whole = text.replace(/\p{Surrogate}/gu, "\ufffd");
  return whole.length > most ? [...whole].slice(0, most).join("") : whole;
}

// Say everything around the conversation in this language.
export function speak(name) {
  if (!(name in all)) return;
  language = name;
  document.documentElement.lang = tagOf(name);
  document.documentElement.dataset.language = name;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
}
