// The panel's words: from the catalogues that the page carries, in the language the page speaks at the moment.

const all = JSON.parse(document.getElementById("words").textContent);

export function t(key, args = {}) {
  const text = all[document.documentElement.dataset.language]?.[key] ?? all.zh_CN[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}
