// Makes the telephone numbers that the city itself names links to dial, where a text says to dial them.

const own = new Set((document.body.dataset.numbers || "").split(" "));
const DIALLED = /拨|热线|电话|call|dial|hotline/i;

// Places of such numbers in a text, as [start, end].
export function numbersIn(text) {
  const found = [];
  for (const { 0: number, index } of text.matchAll(/\d[\d-]*\d/g)) {
    if (!own.has(number)) continue;
    const sentence = text.slice(0, index).split(/[。！？!?\n]|\. /).pop();
    const end = index + number.length;
    if (DIALLED.test(sentence) || DIALLED.test(text.slice(end, end + 4))) found.push([index, end]);
  }
  return found;
}

export function link(number) {
  const element = document.createElement("a");
  element.href = `tel:${number.replace(/\D/g, "")}`;
  element.textContent = number;
  return element;
}
