// The sum that a city may ask for (PROOF_OF_WORK), in ALTCHA's way: which number, after this salt, gives this hash? It starts
// with the first touch of the form; a form sent earlier waits for it. Without this, the message is read later, that is all.
const field = document.getElementById("effort");
const form = field?.form;
let solving;

async function solve({ salt, challenge, signature, most }) {
  const text = new TextEncoder();
  for (let number = 0; number <= most; number += 1) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text.encode(salt + number)));
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === challenge) {
      field.value = btoa(JSON.stringify({ algorithm: "SHA-256", challenge, number, salt, signature }));
      return;
    }
  }
}

function start() {
  solving ??= solve(JSON.parse(field.dataset.puzzle)).catch(() => {});
  return solving;
}

if (form && globalThis.crypto?.subtle) {
  form.addEventListener("focusin", start, { once: true });
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    start().then(() => HTMLFormElement.prototype.submit.call(form));
  });
}
