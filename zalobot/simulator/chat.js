// One chat as Zalo draws it: day pills, runs of bubbles, marks under one's own last message.

import { dayNumber, filled, h, hhmm, linked, part, pill, size } from "./draw.js";

const GAP = 30 * 60e3;
const RUN = 5 * 60e3;

const WORDS = { location: "Vị trí", sticker: "Nhãn dán", audio: "Tin thoại", video: "Video", business_card: "Danh thiếp", link: "Liên kết" };

// What stands in the chat, in order; each thing is drawn by `drawThing` and has a key of its own.
export function things(chat, now, person) {
  const list = [];
  const mine = chat.findLast((message) => message.me);
  chat.forEach((message, index) => {
    const before = chat[index - 1];
    const after = chat[index + 1];
    const sameDay = before && dayNumber(before.at) === dayNumber(message.at);
    const parted = !sameDay || message.at - before.at >= GAP;
    if (parted) list.push({ key: `d${message.id}`, what: "day", label: pill(message.at, now, sameDay) });
    const { delivered, seen, ...said } = message;
    const first = parted || before.me !== message.me || before.staff !== message.staff;
    const last = !after || after.me !== message.me || after.at - message.at >= RUN;
    list.push({ key: message.id, what: "message", first, last, ...said });
    if (message === mine && (delivered || seen)) list.push({ key: `m${message.id}`, what: "mark", seen });
  });
  return list.length ? list : [{ key: "none", what: "none", label: person ? "Chưa có tin nhắn nào." : "Chọn người dùng điện thoại ở ô phía trên." }];
}

export function drawThing(thing, press) {
  if (thing.what === "none") return h("p", { class: "chat-none" }, thing.label);
  if (thing.what === "day") return filled("pill", { span: thing.label });
  if (thing.what === "mark") return part(thing.seen ? "seen" : "received");
  const { me, first } = thing;
  const avatar = !me && first ? part("oa") : null;
  return h("div", { class: `msg${me ? " me" : first ? "" : " cont"}` }, avatar, body(thing, press));
}

function body(message, press) {
  const { kind, text, image, file, buttons, elements, reaction } = message;
  const time = message.last || buttons.length ? h("time", { datetime: new Date(message.at).toISOString() }, hhmm(message.at)) : null;
  const mark = reaction ? h("span", { class: "react", title: "Thả cảm xúc" }, reaction) : null;
  if (image && !text && !mark) return framed(image);
  if (image) return h("div", { class: "bub bub-x" }, framed(image), h("p", {}, linked(text), mark), time);
  if (kind === "file" && file) return h("div", { class: "bub bub-x" }, fileCard(file), time);
  if (WORDS[kind]) return h("div", { class: "bub" }, WORDS[kind], text ? h("p", {}, linked(text)) : null, time);
  if (kind === "template") return h("div", { class: "bub bub-x zbs" }, filled("banner", { "": "Mẫu tin ZBS" }), h("p", {}, linked(text)), time);
  if (kind === "ask_info") return h("div", { class: "bub bub-x" }, elements.map(element), filled("row", { ".zl-t": elements[0]?.subtitle ?? "", small: "" }), time, pressed("Chia sẻ thông tin", () => press(message.id, "share")));
  const staff = message.staff ? part("by_hand") : null;
  if (!buttons.length && !elements.length) return h("div", { class: "bub" }, staff, linked(text), mark, time);
  return h("div", { class: "bub bub-x" }, text ? h("p", {}, linked(text)) : null, elements.map(element), time,
    buttons.map((button, index) => drawButton(button, () => press(message.id, index))));
}

function pressed(title, press) {
  const button = filled("button", { "": title });
  button.addEventListener("click", press);
  return button;
}

function drawButton(button, press) {
  if (button.type.startsWith("oa.query.")) return pressed(button.title, press);
  const href = { "oa.open.url": button.value, "oa.open.phone": `tel:+${button.value}`, "oa.open.sms": `sms:+${button.value}` }[button.type];
  return filled(button.type === "oa.open.url" ? "way_out" : "way", { span: button.title }, { href });
}

function element(item, index) {
  return index === 0 ? filled("banner", { "": item.title }) : filled("row", { ".zl-t": item.title, small: item.subtitle });
}

// The page may show pictures of its own origin only; others become a link.
function framed(url) {
  const path = new URL(url, location.href);
  if (!path.pathname.startsWith("/media/")) return h("div", { class: "zimg" }, filled("elsewhere", { small: path.host }, { href: url }));
  const frame = part("picture");
  frame.firstElementChild.src = path.pathname;
  return frame;
}

function fileCard(file) {
  return filled("paper", { ".zfile-n": file.name, small: size(file.size) }, { href: new URL(file.url, location.href).pathname });
}
