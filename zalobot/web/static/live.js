// What changes elsewhere: the server tells which tickets changed. A list is replaced in place and keeps the focus; a page
// on which somebody may be typing says so and leaves the choice.
"use strict";
(() => {
  const song = document.getElementById("song");
  if (!song || !window.EventSource) return;
  const lost = document.getElementById("mat-ket-noi");
  const lists = [...document.querySelectorAll("[data-fresh]")];

  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = document.activeElement;
    const way = at?.closest("[data-fresh]") && (at.getAttribute("href") || at.closest("form")?.getAttribute("action"));
    for (const list of lists) {
      const now = fresh.getElementById(list.id);
      if (now && now.innerHTML !== list.innerHTML) list.innerHTML = now.innerHTML;
    }
    if (way && !document.contains(at))
      document.querySelector(`[href="${CSS.escape(way)}"], form[action="${CSS.escape(way)}"] button`)?.focus();
  };
  const typing = () => document.activeElement?.matches("textarea, select, input:not([type=hidden])");

  // News may come every second, and hundreds of pages hear it: a list is asked for at once, then every few seconds.
  const REST = 5000;
  let waiting = 0, last = 0;
  const later = () => {
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = 0;
      last = Date.now();
      refresh().catch(() => {});
    }, Math.max(300, last + REST - Date.now()) + Math.random() * 700);
  };
  const source = new EventSource(song.dataset.song);
  source.addEventListener("thay-doi", (event) => {
    const tickets = JSON.parse(event.data);
    if (song.dataset.ma && tickets.includes(song.dataset.ma)) song.hidden = false;
    else if (lists.length && typing()) song.hidden = false;
    else if (lists.length) later();
  });
  source.onopen = () => { if (lost) lost.hidden = true; };
  source.onerror = () => { if (lost) setTimeout(() => { lost.hidden = source.readyState === EventSource.OPEN; }, 8000); };
  window.addEventListener("pagehide", () => source.close());
})();
