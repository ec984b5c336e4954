// The panel's words: from the catalogues that the page carries, in the language the page speaks at the moment.

const all = {};

export function t(key, args = {}) {
  const text = read(document.documentElement.dataset.language)[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

function read(language) {
  if (!(language in all)) all[language] = JSON.parse(document.getElementById(`words-${language}`).textContent);
  return all[language];
}
