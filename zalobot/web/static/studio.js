// The page of one message: what is typed is painted (the text stays a plain textarea), kept and seen on the phone as
// one types; a pressed placeholder goes where the cursor is. Without this script the same buttons send the form.
"use strict";
(() => {
  const form = document.getElementById("soan-form");
  const area = document.getElementById("chu");
  const paint = document.getElementById("to-mau");
  if (!form || !area || !paint) return;
  const chosen = form.querySelector("input[name=mau]"); // the buttons of the cases have its name, too
  const known = new Set(area.dataset.o.split(" "));
  const KEY = `loi-nhan:${form.elements.ten.value}:${form.elements.ngon_ngu.value}`;
  const PIECES = ["moc-luu", "noi-khac", "nhap-luc", "o-day", "loi", "dem", "dien-thoai", "nut", "khac", "chan"];
  const TAG = /\{\{[^{}]*\}\}|\{%[^{}]*%\}/g;
  const WORDS = new Set(["if", "elif", "else", "endif", "and", "or", "not", "true", "false"]);
  const warned = document.getElementById("chua-luu");
  let sent = area.value;
  let sample = chosen.value;
  let asking = false; // one at a time: each is kept upon the one before
  let leaving = false;
  let unheard = ""; // what was sent and perhaps kept, though no answer came
  const aside = (text) => sessionStorage.setItem(KEY, JSON.stringify([text, form.elements.moc.value]));

  const kind = (tag) => {
    const names = tag.slice(2, -2).replace(/(["']).*?\1/g, "").match(/[^\s()=!|]+/g) || [];
    if (names.some((name) => !WORDS.has(name) && !known.has(name) && !["lower", "upper", "trim"].includes(name))) return "ph ph-bad";
    return tag.startsWith("{%") ? "ph ph-if" : "ph";
  };
  const line = (text, look) => {
    const item = document.createElement("li");
    if (look) item.className = look;
    let from = 0;
    for (const tag of text.matchAll(TAG)) {
      item.append(text.slice(from, tag.index));
      const span = document.createElement("span");
      span.className = kind(tag[0]);
      span.textContent = tag[0];
      item.append(span);
      from = tag.index + tag[0].length;
    }
    item.append(text.slice(from));
    return item;
  };
  const draw = () => {
    const looks = {};
    for (const one of document.querySelectorAll("#loi [data-line]"))
      if (one.dataset.kind === "stop") looks[one.dataset.line] = "bad-l";
      else if (one.dataset.kind === "warning") looks[one.dataset.line] ||= "warn-l";
    paint.replaceChildren(...area.value.split("\n").map((text, at) => line(text, looks[at + 1])));
  };

  const put = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const id of PIECES) {
      const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
      if (old && now && old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
    }
    const refusal = fresh.getElementById("loi-luu")?.textContent || "";
    if (refusal) document.getElementById("vi-sao").textContent = refusal;
    warned.hidden = !refusal;
  };
  const ask = async () => {
    if (asking) return;
    asking = true;
    const body = new URLSearchParams(new FormData(form));
    if (unheard) body.set("da_gui", unheard);
    const text = area.value;
    try {
      const answer = await fetch(form.dataset.nhap, {
        method: "POST", body, headers: { "X-CSRF": form.elements.csrf.value }, redirect: "error",
      });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      [sent, sample] = [text, chosen.value];
      put(html);
      if (warned.hidden) sessionStorage.removeItem(KEY);
      else aside(text);
      unheard = "";
      draw();
    } catch {
      if (leaving) return;
      unheard = text;
      aside(text);
      warned.hidden = false;
    } finally {
      asking = false;
    }
    if (sent === text && area.value !== text) soon();
  };
  let timer = 0;
  const soon = (wait = 500) => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!leaving && (area.value !== sent || chosen.value !== sample)) ask(); }, wait);
  };
  const typed = () => { draw(); soon(); };

  if (!area.readOnly) {
    const left = JSON.parse(sessionStorage.getItem(KEY) || "null");
    if (left && left[0] !== area.value) { [area.value, form.elements.moc.value] = left; soon(0); }
    area.addEventListener("input", typed);
    document.addEventListener("visibilitychange", () => soon(0));
    setInterval(soon, 10000, 0);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=soan-form]");
    if (button?.name === "chen" && !area.readOnly) {
      event.preventDefault();
      area.focus();
      area.setRangeText(`{{ ${button.value} }}`, area.selectionStart, area.selectionEnd, "end");
      typed();
    } else if (button?.name === "mau") {
      event.preventDefault();
      chosen.value = button.value;
      for (const one of document.querySelectorAll("button[name=mau]")) one.setAttribute("aria-pressed", String(one === button));
      if (area.readOnly) location.search = `?ngon-ngu=${form.elements.ngon_ngu.value}&mau=${button.value}`;
      else soon(0);
    }
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      soon(0);
    }
  });
  for (const one of document.querySelectorAll("main form")) one.addEventListener("submit", () => { leaving = true; sessionStorage.removeItem(KEY); });
  window.addEventListener("pageshow", () => { leaving = false; });
  paint.hidden = false;
  paint.closest(".ed").classList.add("ed-on");
  draw();
})();
