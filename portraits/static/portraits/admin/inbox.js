// The arrows go from one message to the next while the focus is in the list; Tab and Enter do the rest without us.
const list = document.querySelector("[data-inbox]");
const steps = { ArrowDown: 1, ArrowUp: -1 };

list?.addEventListener("keydown", (event) => {
  const links = [...list.querySelectorAll("a")];
  const next = links[links.indexOf(document.activeElement) + (steps[event.key] ?? NaN)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
