// What must survive a reload while the line is down: unsent events and the words being typed, in localStorage.
// Every event has an item of its own, so that two tabs never write over each other. What is one tab's alone is in
// sessionStorage. Without storage nothing breaks.

export class Store {
  constructor(name) {
    this.prefix = `jiesu.${name}.`;
  }

  unsent() {
    const found = [];
    this.#try(() => {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(`${this.prefix}event.`)) found.push(JSON.parse(localStorage.getItem(key)));
      }
    });
    return found.sort((one, other) => one.at - other.at);
  }

  keep(item) {
    this.#try(() => localStorage.setItem(`${this.prefix}event.${item.id}`, JSON.stringify(item)));
  }

  drop(id) {
    this.#try(() => localStorage.removeItem(`${this.prefix}event.${id}`));
  }

  get(name) {
    return this.#try(() => localStorage.getItem(this.prefix + name)) ?? "";
  }

  set(name, value) {
    this.#try(() => (value ? localStorage.setItem(this.prefix + name, value) : localStorage.removeItem(this.prefix + name)));
  }

  // Whether anything waits here that the person wrote.
  holds() {
    return this.unsent().length > 0 || this.get("typed") !== "";
  }

  ofTab(name) {
    return this.#try(() => sessionStorage.getItem(this.prefix + name)) ?? "";
  }

  setOfTab(name, value) {
    this.#try(() => sessionStorage.setItem(this.prefix + name, value));
  }

  clear() {
    this.#try(() => {
      for (const storage of [localStorage, sessionStorage]) {
        for (const key of Object.keys(storage)) if (key.startsWith(this.prefix)) storage.removeItem(key);
      }
    });
  }

  #try(work) {
    try {
      return work();
    } catch {
      return undefined; // storage is forbidden or full: the page works on, a reload would forget
    }
  }
}
