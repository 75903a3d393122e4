// What changes elsewhere: the server tells which tickets changed. A list is replaced in place and keeps the focus; a page
// on which somebody may be typing says so and leaves the choice.
"use strict";
(() => {
  const song = document.getElementById("song");
  if (!song || !window.EventSource) return;
  const lost = document.getElementById("mat-ket-noi");
  const lists = [...document.querySelectorAll("[data-fresh]")];

  const refresh = async (missed) => {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const stopped = fresh.getElementById("mat-ket-noi");
    if (lost && stopped) lost.innerHTML = stopped.innerHTML;
    if (missed && song.dataset.ma && versions(fresh) !== versions(document)) song.hidden = false;
    const at = document.activeElement;
    const way = at?.closest("[data-fresh]") && (at.getAttribute("href") || at.closest("form")?.getAttribute("action"));
    for (const list of lists) {
      if (typed(list) || (typing() && list.contains(document.activeElement))) { song.hidden = false; continue; }
      const now = fresh.getElementById(list.id);
      if (!now || now.innerHTML === list.innerHTML) continue;
      const read = [...list.querySelectorAll("details[open]")].map((one) => one.textContent);
      list.innerHTML = now.innerHTML;
      for (const one of list.querySelectorAll("details")) if (read.includes(one.textContent)) one.open = true;
    }
    if (way && !document.contains(at))
      document.querySelector(`[href="${CSS.escape(way)}"], form[action="${CSS.escape(way)}"] button`)?.focus();
  };
  const versions = (page) => [...page.querySelectorAll("input[name=phien_ban]")].map((field) => field.value).join();
  const typed = (list) => [...list.querySelectorAll("textarea")].some((field) => field.value !== field.defaultValue);
  const typing = () => document.activeElement?.matches("textarea, select, input:not([type=hidden])");

  // News may come every second, and hundreds of pages hear it: a list is asked for at once, then every few seconds.
  const REST = 8000;
  let waiting = 0, last = 0;
  const later = (missed = false) => {
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      last = Date.now();
      refresh(missed).catch(() => {});
    }, Math.max(300, last + REST - Date.now()) + Math.random() * 1500);
  };
  const source = new EventSource(song.dataset.song);
  source.addEventListener("thay-doi", (event) => {
    const tickets = JSON.parse(event.data);
    if (song.dataset.ma && tickets.includes(song.dataset.ma)) song.hidden = false;
    else if (lists.length && typing()) song.hidden = false;
    else if (lists.length) later();
  });
  // What happened while nobody heard is asked for once the connection is there again.
  let deaf = false;
  source.onopen = () => {
    if (lost) lost.hidden = true;
    if (deaf) later(true);
    deaf = false;
  };
  source.onerror = () => {
    deaf = true;
    if (lost) setTimeout(() => { lost.hidden = source.readyState === EventSource.OPEN; }, 8000);
  };
  window.addEventListener("offline", () => { if (lost) lost.hidden = false; });
  // A stream may outlive a short break and then opens nothing anew.
  window.addEventListener("online", () => {
    if (source.readyState !== EventSource.OPEN) return;
    if (lost) lost.hidden = true;
    later(true);
  });
  window.addEventListener("pagehide", () => source.close());
})();
