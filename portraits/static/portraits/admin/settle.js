/* « Settled » from the form: what is being written there stays. Without this, the link leads to a page with a button. */
const settle = async (link) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" };
  const answer = await fetch(link.dataset.settle, { method: "POST", headers });
  if (!answer.ok) {
    location.href = link.href;
    return;
  }
  const { note } = link.closest("[data-note]").dataset;
  for (const one of document.querySelectorAll(`[data-note="${note}"]`)) one.remove();
  const list = document.querySelector(".jtpv-open");
  if (list && !list.querySelector("li")) list.remove();
  document.querySelector(".jtpv-open a, .jtpv-consent .button")?.focus();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-settle]");
  if (!link) return;
  event.preventDefault();
  settle(link);
});
