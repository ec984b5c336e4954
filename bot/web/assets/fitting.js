// Fits the page into what is left of the screen, so that the message box is never under a keyboard.

const root = document.documentElement;
const head = document.querySelector(".head");
const view = window.visualViewport;

// What is led to must not stop under the head.
new ResizeObserver(() => root.style.setProperty("--head-height", `${head.offsetHeight}px`)).observe(head);

// Safari lays its keyboard over the page; others make the page smaller by themselves. Zooming by hand is no keyboard.
function fit() {
  const covered = view.scale < 1.01 && innerHeight - view.height > 1;
  if (covered) root.style.setProperty("--seen-height", `${view.height}px`);
  else root.style.removeProperty("--seen-height");
  if (covered) scrollTo(0, 0);
}

view?.addEventListener("resize", fit);
view?.addEventListener("scroll", fit);
