// Drafts that save themselves: what is typed into forms marked data-keep goes to the server every few seconds and when
// a field is left; the answer brings who else has the page open. What could not be sent stays in this browser.
"use strict";
(() => {
  const song = document.getElementById("song");
  const forms = [...document.querySelectorAll("form[data-keep]")];
  const csrf = document.querySelector("input[name=csrf]")?.value;
  if (!song || !csrf) return;
  const url = `/can-bo/${song.dataset.phan}/nhap`;
  const KEY = `nhap:${song.dataset.phan}:${song.dataset.ai}`; // a tab may be shared, a draft is not
  const SKIP = ["csrf", "phien_ban", "du_thieu", "title", "asked", "colleague", "chen"];
  let sent = "";
  let heard = 0;
  let leaving = false;

  const typed = () => {
    const body = new URLSearchParams();
    for (const form of forms)
      for (const [name, value] of new FormData(form)) if (!SKIP.includes(name)) body.append(name, value);
    return body;
  };
  const kept = document.getElementById("nhap-luc"); // which state of the draft this page knows
  const replace = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const id of ["o-day", "nhap-luc"]) {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      if (old && now && old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
      if (id === "nhap-luc" && kept && now) kept.dataset.nhap = now.dataset.nhap;
    }
  };
  const save = async (always = false) => {
    const text = typed().toString();
    if (leaving || (!always && text === sent)) return;
    // A page on which nothing was typed only says that it is open: another tab may hold newer words.
    const body = new URLSearchParams(text === sent ? "" : text);
    if (kept && text !== sent) body.append("nhap", kept.dataset.nhap);
    try {
      const answer = await fetch(url, {
        method: "POST", body, headers: { "X-CSRF": csrf }, redirect: "error", keepalive: text.length < 60000,
      });
      if (!answer.ok) throw new Error(answer.status);
      sent = text;
      heard = Date.now();
      sessionStorage.removeItem(KEY);
      document.getElementById("mat-phien").hidden = true;
      replace(await answer.text());
    } catch {
      if (leaving) return;
      sessionStorage.setItem(KEY, text);
      document.getElementById("mat-phien").hidden = false;
    }
  };
  const bringBack = () => {
    const left = sessionStorage.getItem(KEY);
    if (!left) return;
    for (const [name, value] of new URLSearchParams(left))
      for (const field of document.querySelectorAll(`form[data-keep] [name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio") field.checked = field.value === value;
        else if (value) field.value = value;
      }
  };

  sent = typed().toString();
  bringBack();
  for (const form of document.querySelectorAll("main form")) form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("focusout", (event) => event.target.closest("form[data-keep]") && save());
  document.addEventListener("visibilitychange", () => save());
  setInterval(() => save(!document.hidden && Date.now() - heard > 30000), 4000);
})();
