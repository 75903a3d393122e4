// The simulator's page: keeps two phones, a clock and a log equal to the simulator's state, and sends what one does.

import { drawThing, things } from "./chat.js";
import { dateOf, dayMonth, dayNumber, fullDate, h, hhmm, reconcile, weekday, weekdayShort } from "./draw.js";
import { drawEntry, isRefusal, shown } from "./log.js";
import { drawActive, makePanel } from "./panel.js";
import { windowOf } from "./window.js";
import { PLAIN } from "./words.js";

const TITLES = { business: "Doanh nghiệp", officer: "Cán bộ" };
const OWNERS = { business: "của doanh nghiệp", officer: "của cán bộ" };
const NEW = "+ người mới";
const NAMES = { business: ["Đỗ Hải Yến", "Bùi Quốc Việt", "Hoàng Thị Nga", "Vũ Đức Long", "Phan Thanh Tùng", "Lý Ngọc Ánh"], officer: ["Ngô Thị Mai", "Đặng Văn Sơn", "Trịnh Hồng Quân", "Tạ Minh Hạnh"] };
const NEW_NOTE = { business: "doanh nghiệp mới", officer: "cán bộ mới" };
const $ = (id) => document.getElementById(id);

let state = null;
let skew = 0; // simulated minus the device's clock, in ms
let filter = "main";
let stream = null;
const chosen = Object.fromEntries(new URLSearchParams(location.search));
const phones = {};
const visible = new Set();

async function act(name, body = {}) {
  const response = await fetch(`/sim/api/${name}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  return response.ok ? response.json() : {};
}

// phones

function makePhone(role) {
  const column = document.querySelector(`[data-role=${role}]`);
  column.append($("phone").content.cloneNode(true));
  const find = (selector) => column.querySelector(selector);
  const phone = { role, column, find, person: "", drafts: new Map(), input: find(".ph-i [placeholder]"), asked: 0, selected: null };
  find("h2").textContent = TITLES[role];
  find(".phone").setAttribute("aria-label", `Điện thoại ${OWNERS[role]}`);
  find(".chat").setAttribute("aria-label", `Trò chuyện ${OWNERS[role]}`);
  find("select").setAttribute("aria-label", `Người dùng điện thoại ${OWNERS[role]}`);
  find("select").addEventListener("change", (event) => choose(phone, event.target.value));
  find("form").addEventListener("submit", (event) => send(event, phone));
  find("[type=file]").addEventListener("change", (event) => upload(event, phone));
  column.addEventListener("click", (event) => tapped(event, phone));
  return phone;
}

function send(event, phone) {
  event.preventDefault();
  const text = phone.input.value.trim();
  if (!text || !phone.person) return;
  phone.input.value = "";
  phone.find(".chat").scrollTop = 0;
  act("say", { person: phone.person, text });
}

async function upload(event, phone) {
  for (const file of event.target.files) {
    const form = new FormData();
    form.set("person", phone.person);
    form.set("file", file);
    await fetch("/sim/api/upload", { method: "POST", body: form });
  }
  event.target.value = "";
}

function tapped(event, phone) {
  const button = event.target.closest("button");
  if (!button || !phone.person) return;
  const person = phone.person;
  if (button.dataset.act === "more") sheet(phone, phone.find(".ph-s").hidden);
  if (button.dataset.send) { sheet(phone, false); act("send", { person, what: button.dataset.send }); }
  if (button.dataset.act === "staff") staff(phone);
  if (button.dataset.act === "pick") sheet(phone, false), phone.find("[type=file]").click();
  if (button.dataset.act === "follow") act("follow", { person, on: !who(person).following });
  if (button.dataset.menu) act("menu", { person, index: Number(button.dataset.menu) });
}

// The sheet with everything else one can send.
function sheet(phone, open) {
  phone.find(".ph-s").hidden = !open;
  phone.find("[data-act=more]").setAttribute("aria-expanded", open);
}

function staff(phone) {
  sheet(phone, false);
  const text = phone.input.value.trim() || "Chúng tôi đã xem và sẽ gọi lại cho anh/chị.";
  phone.input.value = "";
  act("staff", { person: phone.person, text });
}

async function choose(phone, value) {
  let person = value;
  if (value === "new") {
    const taken = new Set(state.people.map((one) => one.name));
    const name = NAMES[phone.role].find((one) => !taken.has(one)) ?? `${TITLES[phone.role]} ${state.people.length + 1}`;
    person = (await act("new", { role: phone.role, name, note: NEW_NOTE[phone.role] })).person;
  }
  phone.drafts.set(phone.person, phone.input.value);
  phone.input.value = phone.drafts.get(person) ?? "";
  phone.selected = null;
  chosen[phone.role] = person;
  history.replaceState(null, "", `?${new URLSearchParams(chosen)}`);
  connect();
}

const who = (id) => state.people.find((person) => person.id === id);

function drawPhone(phone) {
  const { person: id, menu, chat } = state.phones[phone.role];
  const person = who(id);
  phone.person = id;
  phone.find(".ph-oa").textContent = state.oa || "Tài khoản OA";
  drawPeople(phone);
  const follow = phone.find(".sim-who button");
  follow.textContent = person?.following ? "Bỏ quan tâm" : "Quan tâm";
  follow.hidden = !person;
  phone.find(".ph-f").hidden = !person || person.following;
  reconcile(phone.find(".chat-in"), things(chat, state.now, person), (thing) => drawThing(thing, (message, button) => (button === "share" ? act("send", { person: id, what: "share" }) : act("press", { message, button }))));
  reconcile(phone.find(".ph-m"), menu.map((title, index) => ({ key: index, title })), ({ key, title }) => h("button", { type: "button", "data-menu": String(key) }, title));
  phone.find(".sim-win").textContent = person ? windowOf(person, state.now) : "";
  drawUnread(phone, person);
}

function drawPeople(phone) {
  const options = state.people.filter((person) => person.role === phone.role).map((person) => {
    const unread = person.unread && person.id !== phone.person ? ` · ${person.unread} tin mới` : "";
    return { key: person.id, label: `${person.name}${person.note ? `, ${person.note}` : ""}${unread}` };
  });
  if (!phone.person) options.unshift({ key: "", label: "Chưa có ai" });
  const select = phone.find("select");
  reconcile(select, [...options, { key: "new", label: NEW }], ({ key, label }) => h("option", { value: key }, label));
  if (phone.selected === phone.person) return; // whoever is choosing right now is left alone
  phone.selected = select.value = phone.person;
}

function drawUnread(phone, person) {
  const waiting = state.people.filter((one) => one.role === phone.role).reduce((sum, one) => sum + one.unread, 0);
  const chip = document.querySelector(`.jump a[href="#${phone.column.id}"] .count`);
  chip.hidden = !waiting;
  chip.textContent = waiting;
  chip.setAttribute("aria-label", `${waiting} tin chưa xem`);
  if (person?.unread && !document.hidden && visible.has(phone.column.id)) look(phone);
}

// A person looks at what is on the screen, a moment after it came.
function look(phone) {
  phone.asked ||= setTimeout(() => { phone.asked = 0; act("seen", { person: phone.person }); }, 700);
}

// clock

function drawClock() {
  $("date").textContent = `${fullDate(state.now)}, ${state.working ? "giờ làm việc" : "ngoài giờ làm việc"}`;
  reconcile($("days"), state.week.map((day) => ({ key: day.date, ...day })), ({ date, off, name, when }) => {
    const ms = dateOf(date);
    const kind = when === 0 ? " day-now" : off ? "" : when < 0 ? " day-did" : "";
    const note = [when === 0 ? "hôm nay" : "", off ? "nghỉ" : "", name].filter(Boolean).join(", ");
    return h("li", { class: `day${off ? " day-off" : ""}${kind}`, title: name || null }, h("b", { "aria-hidden": "true" }, weekdayShort(ms)), h("span", { class: "vh" }, weekday(ms)), h("span", {}, dayMonth(ms)), note ? h("span", { class: "vh" }, note) : null);
  });
}

function tick() {
  if (!state) return;
  const time = hhmm(Date.now() + skew);
  for (const node of [$("time"), ...document.querySelectorAll(".ph-time")]) if (node.textContent !== time) node.textContent = time;
}

async function move(event) {
  const { hours, to } = event.target.closest("button")?.dataset ?? {};
  if ((!hours && !to) || $("go").getAttribute("aria-busy") === "true") return;
  $("go").setAttribute("aria-busy", "true");
  await act("clock", to ? { to } : { hours: Number(hours) });
  $("go").removeAttribute("aria-busy");
  $("said").textContent = `${hhmm(state.now)} ${fullDate(state.now)}`;
}

// faults and log

function drawFaults() {
  drawPanel(state);
  const on = drawActive($("active"), $("all-off"), state, act);
  const count = document.querySelector('.jump a[href="#sc"] .count');
  count.hidden = !on;
  count.textContent = on;
  count.setAttribute("aria-label", `${on} sự cố đang bật`);
}

async function allOff() {
  for (const [name, on] of Object.entries(state.faults)) if (on && !PLAIN.has(name)) await act("fault", { name, on: false });
  await act("unrule");
}

function drawLog() {
  const list = state.log.filter((entry) => shown(entry, filter)).reverse();
  reconcile($("log"), list.map((entry) => ({ key: entry.seq, today: dayNumber(state.now), ...entry })), (entry) => drawEntry(entry, state.now));
  $("log-empty").hidden = list.length > 0;
  $("sums").textContent = `${state.sent} tin, ${state.log.filter(isRefusal).length} lần không được`;
}

function pickFilter(event) {
  const button = event.target.closest("[data-show]");
  if (!button) return;
  filter = button.dataset.show;
  for (const one of $("filter").children) one.setAttribute("aria-pressed", one === button);
  drawLog();
}

// all of it

function draw() {
  skew = state.now - Date.now();
  drawClock();
  tick();
  Object.values(phones).forEach(drawPhone);
  drawFaults();
  drawLog();
  $("lost").hidden = true;
  $("unsubscribed").hidden = !state.unsubscribed;
  $("links").hidden = !state.links.length;
  reconcile($("links"), state.links.map((link) => ({ key: link.url, ...link })), ({ title, url }) => h("a", { href: url, target: "_blank", rel: "noopener" }, title));
}

function connect() {
  stream?.close();
  stream = new EventSource(`/sim/api/stream?${new URLSearchParams(chosen)}`);
  stream.onmessage = (event) => { state = JSON.parse(event.data); draw(); };
  stream.onerror = () => {
    if (!state) return;
    $("lost").hidden = false;
    $("lost").querySelector("p").textContent = `Mất kết nối. Trang này dừng ở ${hhmm(state.now)}.`;
  };
}

function watch() {
  const chips = [...document.querySelectorAll(".jump a")];
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? visible.add(target.id) : visible.delete(target.id);
    const current = chips.findLast((chip) => visible.has(chip.hash.slice(1)));
    for (const chip of chips) chip === current ? chip.setAttribute("aria-current", "true") : chip.removeAttribute("aria-current");
    if (state) Object.values(phones).forEach((phone) => drawUnread(phone, who(phone.person)));
  }, { rootMargin: "-40% 0px -40% 0px" });
  for (const chip of chips) observer.observe($(chip.hash.slice(1)));
}

const drawPanel = makePanel($("faults"), { act, current: () => state, person: (role) => phones[role].person });
for (const role of Object.keys(TITLES)) phones[role] = makePhone(role);
$("go").addEventListener("click", move);
$("filter").addEventListener("click", pickFilter);
$("faults").addEventListener("click", move);
$("all-off").addEventListener("click", allOff);
document.querySelector("[data-act=subscribe]").addEventListener("click", () => act("subscribe"));
document.addEventListener("visibilitychange", () => state && draw());
setInterval(tick, 1000);
watch();
connect();
