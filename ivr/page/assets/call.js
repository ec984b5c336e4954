// Brings the page's call button to life: button, panel and phone together.

import { Panel } from "./panel.js";
import { Phone } from "./phone.js";

const opener = document.getElementById("call");
const phone = new Phone({
  state: (name, problem) => panel.show(name, problem),
  caption: (caption) => panel.caption(caption),
});
const panel = new Panel({
  call: (speaking) => phone.call({ speaking }),
  hangUp: () => phone.hangUp(),
  press: (digit) => phone.press(digit),
  mute: (on) => phone.mute(on),
});

opener.addEventListener("click", () => panel.open(Phone.obstacle));
opener.hidden = false;
