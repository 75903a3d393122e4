// The live chat: when something was said or changed hands, what was said is replaced in place and what is being typed
// stays. Who holds it is part of the form: where that changed the page says so and leaves the choice.
"use strict";
(() => {
  const song = document.getElementById("truc-song");
  if (!song || !window.EventSource) return;
  const lost = document.getElementById("mat-ket-noi");

  const refresh = async () => {
    const answer = await fetch(location.href, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const stopped = fresh.getElementById("mat-ket-noi");
    if (lost && stopped) lost.innerHTML = stopped.innerHTML;
    for (const list of document.querySelectorAll("[data-fresh]")) {
      const now = fresh.getElementById(list.id);
      if (now && now.innerHTML !== list.innerHTML) list.innerHTML = now.innerHTML;
    }
    const [form, now] = [document.getElementById("khung"), fresh.getElementById("khung")];
    if (form && now && form.dataset.state !== now.dataset.state) song.hidden = false;
  };

  let waiting = 0;
  const source = new EventSource(song.dataset.song);
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh().catch(() => {}), 150);
  };
  source.addEventListener("thay-doi", later);
  source.onopen = () => { if (lost) lost.hidden = true; };
  source.onerror = () => { if (lost) setTimeout(() => { lost.hidden = source.readyState === EventSource.OPEN; }, 8000); };
  window.addEventListener("offline", () => { if (lost) lost.hidden = false; });
  // A stream may outlive a short break and then opens nothing anew.
  window.addEventListener("online", () => {
    if (source.readyState !== EventSource.OPEN) return;
    if (lost) lost.hidden = true;
    later();
  });
  window.addEventListener("pagehide", () => source.close());
})();
