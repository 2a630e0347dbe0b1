// An enlarged page takes its whole height, so that a thumb scrolls one thing only. Without this the frame scrolls itself.
const frame = document.querySelector(".whole--page iframe, .whole--mail iframe");

function fit() {
  const page = frame.contentDocument?.documentElement;
  if (!page || !frame.contentDocument.body?.childElementCount) return;
  frame.style.height = "";
  frame.style.height = `${page.scrollHeight}px`;
  // A page that grows with its window never fits: leave it its own scrolling.
  const fits = page.scrollHeight <= frame.clientHeight;
  if (!fits) frame.style.height = "";
  frame.classList.toggle("fits", fits);
}

if (frame) {
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  fit();
}
