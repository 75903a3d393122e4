// Keys of a page: pressing one presses the control that says so (data-key), so nothing is done that cannot be seen.
// Off by the switch in the list of keys (kept in this browser); silent while somebody types; never with Ctrl, Alt, Meta.
"use strict";
(() => {
  const OFF = "keys-off";
  const panel = document.getElementById("phim");
  const toggle = document.getElementById("phim-tat");
  const off = () => localStorage.getItem(OFF) === "1";
  const typing = (e) => e.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  const show = () => {
    document.documentElement.toggleAttribute("data-keys-off", off());
    if (toggle) toggle.checked = !off();
  };
  toggle?.addEventListener("change", () => {
    toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1");
    show();
  });

  const press = (control) => {
    const details = control.closest("details");
    if (control.matches("summary")) {
      details.open = !details.open;
      (details.open && details.querySelector("input:not([type=hidden]), select, textarea, button") || control).focus();
    } else if (control.matches("details")) {
      control.open = true;
      control.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
    } else {
      control.focus();
      control.click();
    }
    control.scrollIntoView({ block: "nearest" });
  };

  // Out of a field that a key has opened, so that the keys are heard again; what was typed in it stays.
  const leave = (field) => {
    const summary = typing(field) && field.closest("details")?.querySelector("summary[data-key]");
    if (summary) summary.focus();
    return Boolean(summary);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "Escape" && panel?.open) { panel.open = false; return; }
    if (event.key === "Escape" && leave(event.target)) return;
    if (off() || typing(event.target)) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const control = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!control) return;
    event.preventDefault();
    press(control);
  });
  show();
})();
