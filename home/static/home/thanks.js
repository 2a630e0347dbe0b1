// How many characters are left, while somebody writes. Without this the page says how many there are, and that is enough.
const words = document.getElementById("mot");
const left = document.getElementById("left");

function count() {
  const most = Number(words.dataset.most);
  const used = [...words.value.replaceAll("\r\n", "\n").trim()].length;
  left.textContent = `${used.toLocaleString(document.documentElement.lang)} / ${most.toLocaleString(document.documentElement.lang)}`;
  left.classList.toggle("over", used > most);
}

if (words && left) {
  words.addEventListener("input", count);
  count();
}
