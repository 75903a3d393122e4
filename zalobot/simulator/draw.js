// Drawing: elements, icons, times, and lists that change only where the state changed.

const NS = "http://www.w3.org/2000/svg";

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== ""));
  return node;
}

export function icon(name, className = "i") {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(NS, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

// A piece of a chat, from the one drawing that simulator, studio and live chat share.
export const part = (name) => document.getElementById("parts").content.querySelector(`[data-part=${name}]`).firstElementChild.cloneNode(true);

// The same with words where they belong: {selector: words}; a place without words goes.
export function filled(name, words, attributes = {}) {
  const node = part(name);
  for (const [place, said] of Object.entries(words)) {
    const spot = place === "" ? node : node.querySelector(place);
    if (said) spot.textContent = said; else spot.remove();
  }
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  return node;
}

// Keyed lists: an item that says the same as before keeps its node, and with it focus and selection.
const drawn = new WeakMap();
export function reconcile(parent, items, draw) {
  const before = drawn.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const text = JSON.stringify(item);
    const old = before.get(item.key);
    after.set(item.key, old && old.text === text ? old : { text, node: draw(item) });
  }
  for (const [key, { node }] of before) if (after.get(key)?.node !== node) node.remove();
  let previous = null;
  for (const { node } of after.values()) {
    const place = previous ? previous.nextSibling : parent.firstChild;
    if (place !== node) parent.insertBefore(node, place);
    previous = node;
  }
  drawn.set(parent, after);
}

// Local time is +07:00 all year, so the UTC fields of a shifted instant are the local ones.
const DAYS = ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];
const SHORT = ["CN", "T2", "T3", "T4", "T5", "T6", "T7"];
const two = (n) => String(n).padStart(2, "0");
const local = (ms) => new Date(ms + 7 * 3600e3);

export const hhmm = (ms) => `${two(local(ms).getUTCHours())}:${two(local(ms).getUTCMinutes())}`;
export const dayNumber = (ms) => Math.floor((ms + 7 * 3600e3) / 86400e3);
export const dayMonth = (ms) => `${two(local(ms).getUTCDate())}/${two(local(ms).getUTCMonth() + 1)}`;
export const weekday = (ms) => DAYS[local(ms).getUTCDay()].replace(" ", "\u00a0");
export const weekdayShort = (ms) => SHORT[local(ms).getUTCDay()];
export const fullDate = (ms) => `${weekday(ms)} ${dayMonth(ms)}/${local(ms).getUTCFullYear()}`;
export const dateOf = (iso) => Date.parse(`${iso}T00:00:00+07:00`);

export function pill(ms, now, sameDay) {
  if (sameDay) return hhmm(ms);
  const ago = dayNumber(now) - dayNumber(ms);
  const day = ago === 0 ? "Hôm nay" : ago === 1 ? "Hôm qua" : `${weekday(ms)} ${dayMonth(ms)}`;
  return `${day}, ${hhmm(ms)}`;
}

export function size(bytes) {
  const kb = bytes / 1024;
  return kb < 1024 ? `${Math.max(1, Math.round(kb))} KB` : `${(kb / 1024).toFixed(1).replace(".", ",")} MB`;
}

// A text with its web addresses as links; everything else stays text.
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/).map((piece, index) =>
    index % 2 ? h("a", { href: piece, target: "_blank", rel: "noopener" }, piece) : piece);
}
