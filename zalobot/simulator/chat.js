// One chat as Zalo draws it: day pills, runs of bubbles, marks under one's own last message.

import { dayNumber, h, hhmm, icon, linked, pill, size } from "./draw.js";

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
  if (thing.what === "day") return h("p", { class: "chat-d" }, h("span", {}, thing.label));
  if (thing.what === "mark") return h("p", { class: "seen" }, icon(thing.seen ? "twice" : "check"), thing.seen ? "Đã xem" : "Đã nhận");
  const { me, first } = thing;
  const avatar = !me && first ? h("span", { class: "oa" }, icon("mark", "")) : null;
  return h("div", { class: `msg${me ? " me" : first ? "" : " cont"}` }, avatar, body(thing, press));
}

function body(message, press) {
  const { kind, text, image, file, buttons, elements, reaction } = message;
  const time = message.last || buttons.length ? h("time", { datetime: new Date(message.at).toISOString() }, hhmm(message.at)) : null;
  const mark = reaction ? h("span", { class: "react", title: "Thả cảm xúc" }, reaction) : null;
  if (image && !text && !mark) return h("div", { class: "zimg" }, picture(image));
  if (image) return h("div", { class: "bub bub-x" }, h("div", { class: "zimg" }, picture(image)), h("p", {}, linked(text), mark), time);
  if (kind === "file" && file) return h("div", { class: "bub bub-x" }, fileCard(file), time);
  if (WORDS[kind]) return h("div", { class: "bub" }, WORDS[kind], text ? h("p", {}, linked(text)) : null, time);
  if (kind === "template") return h("div", { class: "bub bub-x zbs" }, h("div", { class: "zl-b" }, "Mẫu tin ZBS"), h("p", {}, linked(text)), time);
  if (kind === "ask_info") return h("div", { class: "bub bub-x" }, elements.map(element), h("div", { class: "zl" }, h("span", {}, elements[0]?.subtitle ?? "")), time, h("button", { class: "zb", type: "button", onclick: () => press(message.id, "share") }, "Chia sẻ thông tin"));
  const staff = message.staff ? h("span", { class: "by" }, "Cán bộ trả lời từ hộp thư của tài khoản") : null;
  if (!buttons.length && !elements.length) return h("div", { class: "bub" }, staff, linked(text), mark, time);
  return h("div", { class: "bub bub-x" }, text ? h("p", {}, linked(text)) : null, elements.map(element), time,
    buttons.map((button, index) => drawButton(button, () => press(message.id, index))));
}

function drawButton(button, press) {
  if (button.type.startsWith("oa.query.")) return h("button", { class: "zb", type: "button", onclick: press }, button.title);
  const href = { "oa.open.url": button.value, "oa.open.phone": `tel:+${button.value}`, "oa.open.sms": `sms:+${button.value}` }[button.type];
  const away = button.type === "oa.open.url" ? { target: "_blank", rel: "noopener" } : {};
  return h("a", { class: "zb", href, ...away }, button.title, away.target ? icon("out") : null);
}

function element(item, index) {
  if (index === 0) return h("div", { class: "zl-b" }, item.title);
  return h("div", { class: "zl" }, h("span", {}, item.title, item.subtitle ? h("small", {}, item.subtitle) : null));
}

// The page may show pictures of its own origin only; others become a link.
function picture(url) {
  const path = new URL(url, location.href);
  if (!path.pathname.startsWith("/media/")) return h("a", { class: "zfile", href: url, target: "_blank", rel: "noopener" }, icon("photo"), h("span", {}, "Ảnh ngoài trang", h("small", {}, path.host)));
  return h("img", { src: path.pathname, alt: "Ảnh trong cuộc trò chuyện", width: 1200, height: 675, loading: "lazy" });
}

function fileCard(file) {
  const path = new URL(file.url, location.href).pathname;
  return h("a", { class: "zfile", href: path, target: "_blank", rel: "noopener" }, icon("file"), h("span", {}, file.name, h("small", {}, size(file.size))));
}
