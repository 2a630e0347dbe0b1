/* A new portrait that saves itself becomes an edit page without being reloaded: its consent panel is fetched once. */
document.addEventListener("w-autosave:success", async () => {
  const panel = document.querySelector("[data-consent-new]");
  if (!panel || !/\/edit\/\d+\/$/.test(location.pathname)) return;
  delete panel.dataset.consentNew;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const filled = page.querySelector(".jtpv-consent");
  if (filled) panel.replaceWith(filled);
});
